import { RestError } from '@azure/data-tables';
import { ConcurrencyError, PermanentError, TransientError, ensureError } from '../../kernel/errors';
import { retryAfterMs } from '../../kernel/retry-after';

/**
 * What the table service's refusals mean, in one place. Codes:
 * https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 */
const lostRaces = new Set([
  'UpdateConditionNotSatisfied',
  'ConditionNotMet',
  'EntityAlreadyExists',
  // A conditional write to a row that was deleted meanwhile.
  'ResourceNotFound',
  'EntityNotFound',
]);
const passing = new Set(['TableBeingDeleted', 'OperationTimedOut', 'ServerBusy', 'InternalError']);

/** The service's own code, such as EntityAlreadyExists, or the network's, such as ECONNREFUSED; '' when there is none. */
export function tableErrorCode(error: Error): string {
  if (!(error instanceof RestError)) return '';
  const details = error.details as { odataError?: { code?: string } } | undefined;
  return details?.odataError?.code ?? error.code ?? '';
}

/** The table itself is not there (yet). */
export function isTableMissing(error: Error): boolean {
  return error instanceof RestError && tableErrorCode(error) === 'TableNotFound';
}

/** The table is there and has no such row. */
export function isRowMissing(error: Error): boolean {
  return error instanceof RestError && error.statusCode === 404 && !isTableMissing(error);
}

/**
 * What was thrown by the table client, as the error that callers act on. `what`: what was read or written; `now`:
 * milliseconds, for a Retry-After that is a date.
 * - ConcurrencyError: an ETag that is no longer current, an insert of what exists.
 * - TransientError: no answer, time-out, 408, 429, 5xx; and no token (the identity endpoint may be down).
 * - PermanentError: everything else; `store/forbidden` when the identity may not touch the tables.
 */
export function toStoreError(thrown: unknown, what: string, now: number): Error {
  const error = ensureError(thrown);
  if (!(error instanceof RestError)) return fromOtherError(error, what);
  const code = tableErrorCode(error);
  const status = error.statusCode;
  if (status === 412 || lostRaces.has(code)) return new ConcurrencyError(what, { cause: error });
  if (status === undefined || status === 408 || status === 429 || status >= 500 || passing.has(code)) {
    const asked = retryAfterMs(error.response?.headers.get('retry-after'), now);
    return new TransientError('store/unavailable', `The table service did not serve ${what} (${code})`, {
      cause: error,
      ...(asked === undefined ? {} : { retryAfterMs: asked }),
    });
  }
  if (status === 401 || status === 403) {
    return new PermanentError(
      'store/forbidden',
      `The table service refused ${what} (${code}): give this identity the role Storage Table Data Contributor`,
      { cause: error },
    );
  }
  return new PermanentError('store/refused', `The table service refused ${what}: ${status} ${code}`, {
    cause: error,
  });
}

function fromOtherError(error: Error, what: string): Error {
  // The only signal our calls carry is their time-out.
  if (error.name === 'AbortError') {
    return new TransientError('store/timed-out', `The table service took too long over ${what}`, {
      cause: error,
    });
  }
  // @azure/identity: there is no token (AuthenticationError, CredentialUnavailableError, …).
  if (/^(Aggregate)?(Authentication|CredentialUnavailable)/.test(error.name)) {
    return new TransientError('store/no-token', `No token for the table service, needed for ${what}`, {
      cause: error,
    });
  }
  return error;
}
