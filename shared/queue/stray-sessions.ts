import { isServiceBusError } from '@azure/service-bus';
import type { ServiceBusClient, ServiceBusSessionReceiver } from '@azure/service-bus';
import type { Clock } from '../kernel/clock';
import { timing } from '../kernel/timing';
import { within } from '../kernel/within';
import { isLane } from './lanes';
import type { OperationQueue } from './queues';

/** A message that stood in a session which is no lane. */
export type StrayMessage = {
  readonly body: unknown;
  readonly messageId: string;
  /** A session queue takes nothing without one: what is put back goes to the same. */
  readonly sessionId: string;
};

/** Sessions of the session queues that are no lanes: messages that the product did not send. */
export interface StraySessions {
  /**
   * Takes the messages out of such sessions, several sessions at once, until none is left or the time is over; the messages of
   * each are handed over together, then completed. A lane that the broker offers is given back untouched. Answers how
   * many messages were taken. `forMs`: milliseconds.
   * @throws what `handle` throws: its messages stay
   */
  drain(
    queue: OperationQueue,
    forMs: number,
    handle: (messages: readonly StrayMessage[]) => Promise<void>,
  ): Promise<number>;
}

/** Sessions that are emptied at once: a host serves 32 at a time, of each of which it waits a second for more. */
const atOnce = 8;
const messagesAtOnce = 50;
/** So many lanes in a row mean that hardly anything else is left. */
const mostLanes = 3;

/** StraySessions over the Service Bus client. `makeClient`: whose operations time out as timing.queue.straySession says. */
export function makeStraySessions(makeClient: () => ServiceBusClient, clock: Clock): StraySessions {
  return {
    async drain(queue, forMs, handle) {
      const client = makeClient();
      const until = clock.now() + forMs;
      let taken = 0;
      const empty = async (receiver: ServiceBusSessionReceiver) => {
        for (;;) {
          const messages = await receiver.receiveMessages(messagesAtOnce, {
            maxWaitTimeInMs: timing.queue.strayWait.ms,
          });
          if (messages.length === 0) return;
          await handle(
            messages.map(({ body, messageId }) => ({
              body: body as unknown,
              messageId: String(messageId ?? ''),
              sessionId: receiver.sessionId,
            })),
          );
          for (const message of messages) await receiver.completeMessage(message);
          taken += messages.length;
        }
      };
      const work = async () => {
        let lanes = 0;
        while (clock.now() < until && lanes < mostLanes) {
          const receiver = await acceptAny(client, queue);
          if (receiver === undefined) return;
          try {
            lanes = isLane(receiver.sessionId) ? lanes + 1 : 0;
            if (lanes === 0) await empty(receiver);
          } finally {
            // Neither end must hide why the work failed.
            await within(receiver.close(), timing.queue.closing.ms);
          }
        }
      };
      try {
        await Promise.all(Array.from({ length: atOnce }, work));
        return taken;
      } finally {
        await within(client.close(), timing.queue.closing.ms);
      }
    },
  };
}

/** undefined: every session that has a message is being served. */
async function acceptAny(
  client: ServiceBusClient,
  queue: OperationQueue,
): Promise<ServiceBusSessionReceiver | undefined> {
  try {
    return await client.acceptNextSession(queue, { maxAutoLockRenewalDurationInMs: 0 });
  } catch (thrown) {
    const isNone =
      isServiceBusError(thrown) &&
      (thrown.code === 'ServiceTimeout' || thrown.code === 'SessionCannotBeLocked');
    if (isNone) return undefined;
    throw thrown;
  }
}
