import { isServiceBusError } from '@azure/service-bus';
import type { ServiceBusErrorCode } from '@azure/service-bus';
import { PermanentError, TransientError } from '../kernel/errors';
import { lastFailure } from './last-failure';

/**
 * Only what is known to be final is final. The client's own `retryable` does not tell: it calls a refused connection
 * a GeneralError that is not to be tried again.
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-exceptions-latest
 */
const advice: Partial<Record<ServiceBusErrorCode, string>> = {
  UnauthorizedAccess: 'give this identity the role Azure Service Bus Data Sender',
  MessagingEntityNotFound: 'create the queue, or correct the namespace in the settings',
  MessagingEntityDisabled: 'enable the queue',
  MessageSizeExceeded: 'the message is larger than the queue takes',
};

/** What a failed send means: PermanentError `queue/refused`, TransientError `queue/unavailable`, or the bug itself. */
export function toSendError(thrown: unknown, queue: string): Error {
  const error = lastFailure(thrown);
  if (error instanceof PermanentError || error instanceof TransientError) return error;
  // A bug in our code, such as an argument that the client refuses.
  if (error.name === 'TypeError' || error.name === 'RangeError') return error;
  const code = isServiceBusError(error) ? error.code : error.name;
  const final = isServiceBusError(error) ? advice[error.code] : undefined;
  if (final !== undefined) {
    const message = `Service Bus refused a message for ${queue} (${code}): ${final}`;
    return new PermanentError('queue/refused', message, { cause: thrown });
  }
  const message = `Service Bus did not take a message for ${queue} (${code})`;
  return new TransientError('queue/unavailable', message, { cause: thrown });
}
