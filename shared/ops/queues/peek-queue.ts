import { UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
import type { PeekedMessage, QueueInspector } from '../../queue/queue-inspector';
import { describeMessage } from './describe-message';
import { queueNames } from '../../queue/queues';
import type { QueueName } from '../../queue/queues';

export type MessageView = {
  readonly messageId: string;
  readonly state: PeekedMessage['state'];
  readonly lane: string | null;
  readonly deliveryCount: number;
  /** ISO 8601; of a scheduled message: when it becomes active. */
  readonly at: string | null;
  /** The user it is about; null: it does not tell. */
  readonly userId: string | null;
  /** In words. */
  readonly text: string;
  readonly deadLetterReason: string | null;
  readonly body: unknown;
};

/** The oldest messages of a queue, as they lie there: nothing is locked, and no delivery is counted. */
export async function peekQueue(
  inspector: QueueInspector,
  queue: QueueName,
  options: { readonly count: number; readonly deadLetters: boolean },
): Promise<readonly MessageView[]> {
  const found = await inspector.peek(queue, options.count, options);
  if (found === undefined) {
    throw new UserError('ops/no-queue', `The namespace has no queue ${queue}`, {
      hint: '`licenser doctor` says what is missing.',
    });
  }
  return found.map(({ messageId, state, sessionId, deliveryCount, enqueuedAt, deadLetterReason, body }) => ({
    messageId,
    state,
    lane: sessionId,
    deliveryCount,
    at: enqueuedAt === null ? null : isoTime(enqueuedAt),
    ...describeMessage(body),
    deadLetterReason,
    body,
  }));
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
