import { describe, expect, it } from '@jest/globals';
import { readHint, readOperation } from '../../../shared/queue/messages';
import type { HintMessage, OperationMessage } from '../../../shared/queue/messages';

const id = '8a256a2b-b617-496d-b51b-e76466e88db0';
const hint: HintMessage = {
  v: 1,
  hint: { kind: 'look', user: { id }, source: 'delta', seenAt: '2026-01-01T00:00:00.000Z' },
  trace: {},
};
const operation: OperationMessage = {
  v: 1,
  operation: {
    user: { id },
    kind: 'assign',
    add: [{ skuId: id, disabledPlans: [id] }],
    remove: [],
    why: ['rule staff'],
    policyHash: 'f'.repeat(64),
  },
  trace: { parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
};
const withHint = (changes: object) => ({ ...hint, hint: { ...hint.hint, ...changes } });

describe('readHint', () => {
  it('reads what is sent', () => {
    expect(readHint(JSON.parse(JSON.stringify(hint)))).toEqual({ kind: 'message', message: hint });
  });

  it('reads every optional field', () => {
    const full = withHint({ kind: 'verify', rollout: 'r-1', retryToken: 't-1', crowd: true });

    expect(readHint(full)).toEqual({ kind: 'message', message: full });
  });

  it('reads tokens that the Functions host has made numbers of', () => {
    const read = readHint(withHint({ retryToken: 12345, rollout: 7 }));

    expect(read).toMatchObject({ message: { hint: { retryToken: '12345', rollout: '7' } } });
  });

  it('writes ids in lower case', () => {
    const read = readHint(withHint({ user: { id: id.toUpperCase() } }));

    expect(read).toMatchObject({ message: { hint: { user: { id } } } });
  });

  it('ignores fields it does not know', () => {
    expect(readHint({ ...withHint({ colour: 'red' }), more: 1 })).toEqual({ kind: 'message', message: hint });
  });

  it.each([
    ['a newer version', { ...hint, v: 2 }, 2],
    ['a newer version of another shape', { v: 9, everything: 'else' }, 9],
  ])('leaves %s to newer code', (_, body, version) => {
    expect(readHint(body)).toEqual({ kind: 'newer', version });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'look at this'],
    ['a number', 1000],
    ['no version', { hint: hint.hint, trace: {} }],
    ['a version that is a text', { ...hint, v: '1' }],
    ['version 0', { ...hint, v: 0 }],
    ['no user', withHint({ user: undefined })],
    ['a user id that is a number', withHint({ user: { id: 12345 } })],
    ['an unknown kind', withHint({ kind: 'delete' })],
    ['an unknown source', withHint({ source: 'rumour' })],
    ['a time that is none', withHint({ seenAt: 'yesterday' })],
    ['no trace', { v: 1, hint: hint.hint }],
  ])('calls %s unreadable, and says why', (_, body) => {
    const read = readHint(body);

    expect(read.kind).toBe('unreadable');
    expect(read.kind === 'unreadable' && read.problem.length).toBeGreaterThan(0);
  });
});

describe('readOperation', () => {
  it('reads what is sent', () => {
    expect(readOperation(JSON.parse(JSON.stringify(operation)))).toEqual({
      kind: 'message',
      message: operation,
    });
  });

  it.each([
    ['a hint', hint],
    ['a SKU that is no id', { ...operation, operation: { ...operation.operation, remove: ['EMS'] } }],
    ['no reasons', { ...operation, operation: { ...operation.operation, why: undefined } }],
  ])('calls %s unreadable', (_, body) => {
    expect(readOperation(body).kind).toBe('unreadable');
  });

  it('leaves a newer version to newer code', () => {
    expect(readOperation({ ...operation, v: 2 })).toEqual({ kind: 'newer', version: 2 });
  });
});
