import { RestError } from '@azure/data-tables';
import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError, PermanentError, TransientError } from '../../../../shared/kernel/errors';
import { toStoreError } from '../../../../shared/store/tables/table-error';

function refusal(statusCode: number | undefined, code: string): RestError {
  const error = new RestError('refused', statusCode === undefined ? { code } : { statusCode });
  if (statusCode !== undefined) error.details = { odataError: { code } };
  return error;
}
const now = Date.parse('2026-01-01T00:00:00Z');
const named = (name: string) => Object.assign(new Error('x'), { name });

describe('toStoreError', () => {
  it.each<[string, Error, new (...args: never[]) => Error]>([
    ['a stale ETag', refusal(412, 'UpdateConditionNotSatisfied'), ConcurrencyError],
    ['a second insert', refusal(409, 'EntityAlreadyExists'), ConcurrencyError],
    ['an update of a deleted row', refusal(404, 'ResourceNotFound'), ConcurrencyError],
    ['a table that is just being deleted', refusal(409, 'TableBeingDeleted'), TransientError],
    ['throttling', refusal(429, 'TooManyRequests'), TransientError],
    ['a busy server', refusal(503, 'ServerBusy'), TransientError],
    ['an internal error', refusal(500, 'InternalError'), TransientError],
    ['a time-out of the service', refusal(500, 'OperationTimedOut'), TransientError],
    ['a refused connection', refusal(undefined, 'ECONNREFUSED'), TransientError],
    ['our own time-out', named('AbortError'), TransientError],
    ['no token', named('CredentialUnavailableError'), TransientError],
    ['no token from any source', named('AggregateAuthenticationError'), TransientError],
    ['no permission', refusal(403, 'AuthorizationPermissionMismatch'), PermanentError],
    ['a request the service cannot read', refusal(400, 'InvalidInput'), PermanentError],
  ])('translates %s', (_, error, expected) => {
    expect(toStoreError(error, 'row 7', now)).toBeInstanceOf(expected);
  });

  it('says what to do about a missing role, and keeps the cause', () => {
    const cause = refusal(403, 'AuthorizationPermissionMismatch');

    const error = toStoreError(cause, 'row 7', now);

    expect(error.message).toContain('Storage Table Data Contributor');
    expect(error.cause).toBe(cause);
  });

  it.each([
    ['seconds', '2', 2_000],
    ['a date', 'Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ])('keeps a Retry-After in %s', (_what, header, expected) => {
    const headers = { get: (name: string) => (name === 'retry-after' ? header : undefined) };
    const error = Object.assign(refusal(503, 'ServerBusy'), { response: { headers } });

    expect(toStoreError(error, 'row 7', now)).toMatchObject({ retryAfterMs: expected });
  });

  it('passes on what is no answer of the service', () => {
    const error = new TypeError('a bug in our code');

    expect(toStoreError(error, 'row 7', now)).toBe(error);
  });
});
