import { describe, expect, it } from '@jest/globals';
import { lookNumber } from '../../../shared/pipeline/row/agenda/agenda';
import { readHint, readOperation } from '../../../shared/queue/messages';

const id = '8a256a2b-b617-496d-b51b-e76466e88db0';
const hint = (changes: object) =>
  readHint({
    v: 1,
    trace: {},
    hint: { kind: 'look', user: { id }, source: 'retry', seenAt: '2026-01-01T00:00:00.000Z', ...changes },
  }).kind;
const operation = (changes: object) =>
  readOperation({
    v: 1,
    trace: {},
    operation: {
      ...{ user: { id }, kind: 'assign', add: [], remove: [], why: [], policyHash: 'a' },
      ...changes,
    },
  }).kind;
const long = (length: number) => 'x'.repeat(length);

describe('fields of a message', () => {
  it.each<[string, (changes: object) => string, string]>([
    ['token of a hint', hint, 'retryToken'],
    ['rollout of a hint', hint, 'rollout'],
    ['rollout of an operation', operation, 'rollout'],
    ['policy of an operation', operation, 'policyHash'],
    ['usage location of an operation', operation, 'usageLocation'],
  ])('are no longer than what the product writes: the %s', (_what, read, field) => {
    expect(read({ [field]: long(500) })).toBe('message');
    expect(read({ [field]: long(501) })).toBe('unreadable');
    expect(read({ [field]: long(1_000_000) })).toBe('unreadable');
  });

  it.each<[string, object]>([
    ['an id with something behind it', { user: { id: `${id}0` } }],
    ['an id of a megabyte', { user: { id: long(1_000_000) } }],
    ['no time', { seenAt: '' }],
  ])('do not come with %s', (_what, changes) => {
    expect(hint(changes)).toBe('unreadable');
  });
});

describe('the number of a token', () => {
  it.each<[string, number]>([
    ['1.abc', 1],
    ['999999999.abc', 999_999_999],
    ['1000000000.abc', 1_000_000_000],
    ['1000000001.abc', 0],
    ['9'.repeat(400), 0],
    ['1e9', 1],
    ['Infinity', 0],
    ['-3', 0],
    ['0.abc', 0],
    ['abc', 0],
    ['', 0],
  ])('of %j is %d', (token, number) => {
    expect(lookNumber(token)).toBe(number);
  });
});
