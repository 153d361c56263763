import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import { mapConcurrently } from '../kernel/concurrently';
import { timing } from '../kernel/timing';
import { within } from '../kernel/within';
import type { eventQueue } from './event-queue';
import type { QueueName } from './queues';
import type { Call, RenewedClient } from './renewed-client';

/** Queues whose dead letters are taken: those of users, and Event Grid's. */
export type DrainedQueue = QueueName | typeof eventQueue;

/** A message that Service Bus gave up on, with its reason as the broker wrote it. */
export type DeadLetter<Queue extends DrainedQueue = QueueName> = {
  readonly queue: Queue;
  /** The broker's own, unique in the queue. */
  readonly sequenceNumber: string;
  readonly messageId: string;
  readonly body: unknown;
  readonly reason: string;
  readonly sessionId?: string;
};

/** The `$DeadLetterQueue` of each queue, as a port. */
export interface DeadLetterSource {
  /**
   * Hands over at most `most` dead letters, one after the other. One that `handle` finishes is completed; after one that
   * it answers `last` for the walk ends; one that it answers `leave` for stays for others; one that it throws at stays,
   * too, and the walk ends with that error. Answers how many were completed.
   */
  drain<Queue extends DrainedQueue>(
    queue: Queue,
    most: number,
    handle: (letter: DeadLetter<Queue>) => Promise<void | 'leave' | 'last'>,
  ): Promise<number>;
}

const abandonedAtOnce = 50;

/** A DeadLetterSource over the Service Bus client. */
export function makeServiceBusDeadLetterSource(clients: RenewedClient): DeadLetterSource {
  return {
    drain: (queue, most, handle) =>
      clients.using((client, call) => drainOnce(client, call, queue, most, handle)),
  };
}

async function drainOnce<Queue extends DrainedQueue>(
  client: ServiceBusClient,
  call: Call,
  queue: Queue,
  most: number,
  handle: (letter: DeadLetter<Queue>) => Promise<void | 'leave' | 'last'>,
): Promise<number> {
  const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter' });
  try {
    let taken = 0;
    // Kept locked until the end: given back at once, they would come again.
    const left: ServiceBusReceivedMessage[] = [];
    let isOver = false;
    while (!isOver && taken + left.length < most) {
      const atOnce = Math.min(20, most - taken - left.length);
      const messages = await call(
        () => receiver.receiveMessages(atOnce, { maxWaitTimeInMs: timing.queue.deadLetterWait.ms }),
        timing.queue.peekAttempt.ms,
      );
      if (messages.length === 0) break;
      // One settlement at a time: the client sends different outcomes of neighbors as one.
      for (const message of messages) {
        if (isOver) {
          left.push(message);
          continue;
        }
        const answer = await handle({
          queue,
          sequenceNumber: String(message.sequenceNumber ?? ''),
          messageId: String(message.messageId ?? ''),
          body: message.body as unknown,
          reason: [message.deadLetterReason, message.deadLetterErrorDescription].filter(Boolean).join(': '),
          ...(message.sessionId === undefined ? {} : { sessionId: message.sessionId }),
        });
        if (answer === 'leave') {
          left.push(message);
          continue;
        }
        await call(() => receiver.completeMessage(message), timing.queue.peekAttempt.ms);
        taken++;
        isOver = answer === 'last';
      }
    }
    // These have one outcome, so they need not wait for one another.
    // A lock that is not given back runs out by itself: it is no reason to lose what was done.
    await mapConcurrently(left, abandonedAtOnce, (message) =>
      call(() => receiver.abandonMessage(message), timing.queue.peekAttempt.ms).catch(() => undefined),
    );
    return taken;
  } finally {
    // It must not hide why the work failed.
    await within(receiver.close(), timing.queue.closing.ms);
  }
}
