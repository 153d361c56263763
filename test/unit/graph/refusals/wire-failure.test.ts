import { describe, expect, it } from '@jest/globals';
import { ChainFailure } from '../../../../shared/graph/chain-failure';
import { fromWireFailure } from '../../../../shared/graph/refusals/wire-failure';

const request = { method: 'POST', path: '/users/1/assignLicense?x=secret' };
const coded = (code: string) => Object.assign(new Error('inner'), { code });
const fetchFailed = (cause: unknown) => new ChainFailure('wire', new TypeError('fetch failed', { cause }));

describe('fromWireFailure', () => {
  it.each([
    ['ECONNREFUSED', 'unavailable'],
    ['ENOTFOUND', 'unavailable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unavailable'],
    ['ERR_SOCKET_CONNECTION_TIMEOUT', 'unavailable'],
    ['ECONNRESET', 'ambiguous'],
    ['UND_ERR_SOCKET', 'ambiguous'],
    ['UND_ERR_HEADERS_TIMEOUT', 'ambiguous'],
  ])('takes a write that ended in %s for %s', (code, errorClass) => {
    const error = fromWireFailure(fetchFailed(coded(code)), { request, isWrite: true, answered: false });

    expect(error.class).toBe(errorClass);
    expect(error.message).toContain(code);
    expect(error.message).not.toContain('secret');
  });

  it('looks at every address that was tried', () => {
    const all = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]);
    const some = new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')]);
    const classOf = (cause: unknown) =>
      fromWireFailure(fetchFailed(cause), { request, isWrite: true, answered: false }).class;

    expect(classOf(all)).toBe('unavailable');
    expect(classOf(some)).toBe('ambiguous');
  });

  it('does not believe in a refused connection once a success had begun to arrive', () => {
    const facts = { request, isWrite: true, answered: true };

    expect(fromWireFailure(fetchFailed(coded('ECONNREFUSED')), facts).class).toBe('ambiguous');
  });

  it('never calls a read ambiguous', () => {
    const facts = { request, isWrite: false, answered: false };

    expect(fromWireFailure(fetchFailed(coded('ECONNRESET')), facts).class).toBe('unavailable');
  });
});
