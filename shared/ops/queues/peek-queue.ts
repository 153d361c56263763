import { UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
import { toUserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import type { PeekedMessage, QueueInspector } from '../../queue/queue-inspector';
import { knownNameOfUser } from '../users/user-names';
import { describeMessage } from './describe-message';
import { queueNames } from '../../queue/queues';
import type { QueueName } from '../../queue/queues';

export type MessageView = {
  /** The broker's own number: where a page begins. */
  readonly sequenceNumber: string;
  readonly messageId: string;
  readonly state: PeekedMessage['state'];
  readonly lane: string | null;
  readonly deliveryCount: number;
  /** ISO 8601; of a scheduled message: when it becomes active. */
  readonly at: string | null;
  /** The user it is about; null: it does not tell. */
  readonly userId: string | null;
  /** As this process knows it from other lists: messages hold no names. null: not known here. */
  readonly userPrincipalName?: string | null;
  /** In words. */
  readonly text: string;
  readonly deadLetterReason: string | null;
  readonly body: unknown;
};

/** `next`: the sequence number that the next page begins with; null: this is the last one. */
export type MessagePage = { readonly items: readonly MessageView[]; readonly next: string | null };

export type PeekOptions = {
  readonly count: number;
  readonly deadLetters: boolean;
  /** A sequence number; default: the oldest message. */
  readonly from?: string;
};

/**
 * A page of a queue's messages, the oldest first, as they lie there: nothing is locked, and no delivery is counted.
 * @throws UserError `ops/no-queue`
 */
export async function readPage(
  inspector: QueueInspector,
  queue: QueueName,
  { count, ...options }: PeekOptions,
): Promise<MessagePage> {
  const found = await inspector.peek(queue, count + 1, options);
  if (found === undefined) {
    throw new UserError('ops/no-queue', `The namespace has no queue ${queue}`, {
      hint: '`licenser doctor` says what is missing.',
    });
  }
  return { items: found.slice(0, count).map(toView), next: found[count]?.sequenceNumber ?? null };
}

/** The same messages with the names that this process knows; no table is asked for them. */
export async function withKnownNames<Page extends MessagePage>(
  services: Pick<Services, 'users' | 'clock'>,
  page: Page,
): Promise<Page> {
  const items = await Promise.all(
    page.items.map(async (one) => ({
      ...one,
      userPrincipalName: one.userId === null ? null : await knownNameOfUser(services, toUserId(one.userId)),
    })),
  );
  return { ...page, items };
}

function toView(message: PeekedMessage): MessageView {
  const { messageId, state, sessionId, deliveryCount, enqueuedAt, deadLetterReason, body } = message;
  return {
    sequenceNumber: message.sequenceNumber,
    messageId,
    state,
    lane: sessionId,
    deliveryCount,
    at: enqueuedAt === null ? null : isoTime(enqueuedAt),
    ...describeMessage(body),
    deadLetterReason,
    body,
  };
}

/** @throws UserError `ops/unknown-queue` */
export function toQueueName(text: string): QueueName {
  const known = Object.values(queueNames);
  const found = known.find((queue) => queue === text);
  if (found !== undefined) return found;
  throw new UserError('ops/unknown-queue', `There is no queue ${text}`, {
    hint: `The queues are ${known.join(', ')}.`,
  });
}
