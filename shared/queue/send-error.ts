import { isServiceBusError } from '@azure/service-bus';
import { PermanentError, TransientError, ensureError } from '../kernel/errors';

/**
 * What a failed send means. `retryable` is the client's own judgement (service busy, time-out, lost link); a name that
 * cannot be resolved or a refused connection is an outage too, whatever the client thinks of it.
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-exceptions-latest
 */
const outages = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE']);

export function toSendError(thrown: unknown, queue: string): Error {
  const error = ensureError(thrown);
  if (error instanceof PermanentError || error instanceof TransientError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  // The client marks what it would retry itself on its own kind of error and on the AMQP library's.
  const isRetryable = 'retryable' in error && error.retryable === true;
  if (isRetryable || outages.has(code)) {
    return new TransientError(
      'queue/unavailable',
      `Service Bus did not take a message for ${queue} (${code})`,
      {
        cause: error,
      },
    );
  }
  if (isServiceBusError(error) && error.code === 'UnauthorizedAccess') {
    return new PermanentError(
      'queue/forbidden',
      `Service Bus refused to let this identity send to ${queue}: give it the role Azure Service Bus Data Sender`,
      { cause: error },
    );
  }
  return new PermanentError('queue/refused', `Service Bus refused a message for ${queue} (${code})`, {
    cause: error,
  });
}
