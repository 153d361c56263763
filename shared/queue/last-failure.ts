import { ensureError } from '../kernel/errors';

/**
 * What a call of the Service Bus client failed with at last. After several attempts of its own the client throws one
 * AggregateError, without a code, that holds each attempt's error (`retry` in src/retry.ts of @azure/core-amqp).
 */
export function lastFailure(thrown: unknown): Error {
  const error = ensureError(thrown);
  return error instanceof AggregateError && error.errors.length > 0
    ? lastFailure(error.errors.at(-1))
    : error;
}
