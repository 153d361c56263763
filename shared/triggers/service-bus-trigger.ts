import type { InvocationContext } from '@azure/functions';
import type { Clock } from '../kernel/clock';
import { PermanentError, UserError } from '../kernel/errors';
import { throughInvocation } from '../observe/current-invocation';
import { makeInvocationLogger } from '../observe/invocation-logger';
import { timing } from '../kernel/timing';
import { withSpan } from '../observe/spans';
import type { QueueName } from '../queue/queues';
import { handleMessage } from '../pipeline/handlers/handle-message';
import type { HandleMessage } from '../pipeline/handlers/handle-message';
import type { Services } from '../pipeline/services';
import type { Task } from '../pipeline/task';
import type { Delivery } from '../pipeline/handlers/take-message';
import { traceOf } from './trace-of';

/** The host writes its metadata's names in lower camel case, and parses what looks like JSON: hence String(). */
export function deliveryOf(queue: QueueName, context: InvocationContext): Delivery {
  const { deliveryCount, messageId, sessionId } = context.triggerMetadata ?? {};
  const text = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  return {
    queue,
    messageId: text(messageId) || context.invocationId,
    deliveryCount: Number(deliveryCount ?? 1) || 1,
    ...(text(sessionId) === '' ? {} : { sessionId: text(sessionId) }),
  };
}

/**
 * A Service Bus handler: it finishes (the host completes the message) or throws (the host abandons it). Settings
 * that are wrong and refusals that will not pass by themselves wait a minute first: ten deliveries then last ten
 * minutes instead of a second, and what is dead-lettered in the end is put back by a timer.
 */
export function makeServiceBusTrigger(
  build: () => Promise<Services>,
  queue: QueueName,
  handle: HandleMessage,
  clock: Clock,
) {
  return throughInvocation(async (body: unknown, context: InvocationContext): Promise<void> => {
    const delivery = deliveryOf(queue, context);
    const logger = makeInvocationLogger(context, { messageId: delivery.messageId });
    try {
      const { messageId, deliveryCount } = delivery;
      const attributes = { 'messaging.message.id': messageId, 'licenser.delivery_count': deliveryCount };
      const services = await build();
      await withSpan(`${queue} process`, { ...traceOf(context, body), attributes }, (trace) => {
        const task: Task = { logger, trace };
        return handleMessage(services, task, handle, body, delivery);
      });
    } catch (error) {
      if (error instanceof UserError || error instanceof PermanentError) {
        logger.error('The message cannot be handled now; it waits before it is delivered again', { error });
        await clock.sleep(timing.queue.beforeRedelivery.ms);
      }
      throw error;
    }
  });
}
