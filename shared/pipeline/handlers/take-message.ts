import { timing } from '../../kernel/timing';
import type { QueueName } from '../../queue/queues';
import type { Read } from '../../queue/messages';
import type { Services } from '../services';
import type { Task } from '../task';

/** What the trigger tells of a message, beside its body. */
export type Delivery = {
  readonly queue: QueueName;
  readonly messageId: string;
  /** 1 at the first delivery, as the Functions host counts. */
  readonly deliveryCount: number;
  readonly sessionId?: string;
};

/**
 * The message, or undefined when it has been dealt with: a newer version is put back for a newer instance, an
 * unreadable one becomes a failure that people can see. Neither is lost, neither comes back at once.
 */
export async function takeMessage<Message>(
  services: Pick<Services, 'clock' | 'failures' | 'queues'>,
  task: Task,
  read: Read<Message>,
  body: unknown,
  delivery: Delivery,
): Promise<Message | undefined> {
  if (read.kind === 'message') return read.message;
  const { clock, failures, queues } = services;
  const { logger } = task;
  const rounds = putBacksOf(delivery.messageId);
  if (read.kind === 'newer' && rounds < mostPutBacks) {
    logger.warn('Message is newer than this version of the app; put back', {
      queue: delivery.queue,
      messageId: delivery.messageId,
      version: read.version,
    });
    const at = clock.now() + timing.handlers.putBack.ms;
    await queues.putBack(delivery.queue, body, at, delivery.sessionId, rounds + 1);
    return undefined;
  }
  const problem =
    read.kind === 'newer'
      ? `it is of version ${String(read.version)}, and no such version of the app came within a day`
      : shortened(read.problem);
  logger.error('Message cannot be read; recorded as a failure', {
    queue: delivery.queue,
    messageId: delivery.messageId,
    problem,
  });
  await failures.record(
    {
      subject: `message:${delivery.messageId}`,
      class: 'unreadable',
      reason: {
        code: 'message/unreadable',
        text: `A message on ${delivery.queue} cannot be read: ${problem}`,
      },
      suggestedRepair:
        'Find out who sends to this queue besides the product; `licenser apply --user` looks at a user again.',
      facts: { queue: delivery.queue, body: shortened(body) },
    },
    clock.now(),
  );
  return undefined;
}

/** A newer version of the app that is being deployed comes within minutes; a day is for one that is rolled back and comes again. */
const mostPutBacks = Math.ceil(timing.handlers.newerAwaited.ms / timing.handlers.putBack.ms);

/** How often the message was put back, as its id says (`putBack` of the sender). */
function putBacksOf(messageId: string): number {
  return Number(/^again-(\d{1,6})-/.exec(messageId)?.[1] ?? 0);
}

function shortened(body: unknown): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? String(body));
  return text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text;
}
