import type { ServiceBusClient } from '@azure/service-bus';
import type { QueueName } from './queue-sender';

/** A message that Service Bus gave up on, with its reason as the broker wrote it. */
export type DeadLetter = {
  readonly queue: QueueName;
  readonly messageId: string;
  readonly body: unknown;
  readonly reason: string;
  readonly sessionId?: string;
};

/** The `$DeadLetterQueue` of each queue, as a port. */
export interface DeadLetterSource {
  /**
   * Hands over at most `most` dead letters, one after the other. One that `handle` finishes is completed; one that it
   * throws at stays where it is, and the walk ends with that error.
   */
  drain(queue: QueueName, most: number, handle: (letter: DeadLetter) => Promise<void>): Promise<number>;
}

/** How long an empty queue is waited at, milliseconds. */
const waitMs = 1_000;

export function makeServiceBusDeadLetterSource(client: ServiceBusClient): DeadLetterSource {
  return {
    async drain(queue, most, handle) {
      const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter' });
      try {
        let taken = 0;
        while (taken < most) {
          const messages = await receiver.receiveMessages(Math.min(20, most - taken), {
            maxWaitTimeInMs: waitMs,
          });
          if (messages.length === 0) break;
          // One settlement at a time: the client sends different outcomes of neighbors as one.
          for (const message of messages) {
            await handle({
              queue,
              messageId: String(message.messageId ?? ''),
              body: message.body as unknown,
              reason: [message.deadLetterReason, message.deadLetterErrorDescription]
                .filter(Boolean)
                .join(': '),
              ...(message.sessionId === undefined ? {} : { sessionId: message.sessionId }),
            });
            await receiver.completeMessage(message);
            taken++;
          }
        }
        return taken;
      } finally {
        await receiver.close();
      }
    },
  };
}
