import type { InvocationContext } from '@azure/functions';
import { makeInvocationLogger } from '../../observe/invocation-logger';
import type { QueueName } from '../../queue/queue-sender';
import type { Pipeline } from '../dependencies';
import type { Delivery } from '../read-message';

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

type Handle = (pipeline: Pipeline, body: unknown, delivery: Delivery) => Promise<void>;

/** A Service Bus handler: it finishes (the host completes the message) or throws (the host abandons it). */
export function makeServiceBusTrigger(pipeline: () => Promise<Pipeline>, queue: QueueName, handle: Handle) {
  return async (body: unknown, context: InvocationContext): Promise<void> => {
    const delivery = deliveryOf(queue, context);
    const logger = makeInvocationLogger(context, { messageId: delivery.messageId });
    await handle({ ...(await pipeline()), logger }, body, delivery);
  };
}
