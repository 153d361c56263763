import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../shared/kernel/logger';
import { timing } from '../../../shared/kernel/timing';
import { toBelievableQuota } from '../../../shared/quota/believable-quota';
import { leastCapacity } from '../../../shared/quota/quota-lease';
import { QuotaRowStore } from '../../../shared/quota/quota-row-store';
import type { QuotaRow } from '../../../shared/words/quota-row';

const now = Date.UTC(2026, 0, 1);
const [minute, day] = [60_000, 86_400_000];
const row = (changes: Partial<QuotaRow> = {}): QuotaRow => ({
  ratePerSecond: 16,
  tokens: 3,
  spare: 2,
  updatedAt: now,
  notBefore: 0,
  ...changes,
});
/** As much as processes can have been promised beyond what there is. */
const debt = -16 * (timing.quota.ahead.ms / 1_000) - leastCapacity;

describe('a quota row that a process can have stored', () => {
  it.each<[string, Partial<QuotaRow>]>([
    ['as it is', {}],
    ['with a wait of ten minutes', { notBefore: now + 10 * minute }],
    ['with the longest wait', { notBefore: now + timing.quota.longestPause.ms }],
    ['with a wait that is over', { notBefore: now - day }],
    ['with the deepest debt', { tokens: debt, spare: debt }],
    ['of a clock that was an hour fast', { updatedAt: now + 60 * minute }],
  ])('is believed: %s', (_what, changes) => {
    expect(toBelievableQuota(row(changes), now)).toEqual(row(changes));
  });
});

describe('a quota row that none can have stored', () => {
  it.each<[string, Partial<QuotaRow>, Partial<QuotaRow>]>([
    ['a wait just beyond the longest', { notBefore: now + 11 * minute + 1 }, { notBefore: 0 }],
    ['a wait of an hour', { notBefore: now + 60 * minute }, { notBefore: 0 }],
    ['a wait of a day', { notBefore: now + day, tokens: 0 }, { notBefore: 0, tokens: 0 }],
    ['a wait of ten days, as 864000 seconds are', { notBefore: now + 10 * day }, { notBefore: 0 }],
    [
      'a wait of a century, stored by a clock of then',
      { notBefore: now + 36_500 * day, updatedAt: now + 36_500 * day },
      { notBefore: 0, updatedAt: now },
    ],
    ['a debt of years', { tokens: -1e9 }, { tokens: 0 }],
    ['a debt of bulk', { spare: -1e9 }, { spare: 0 }],
    ['a debt just too deep', { tokens: debt - 0.001 }, { tokens: 0 }],
    ['a debt at a rate below nothing', { ratePerSecond: -16, tokens: -16 }, { tokens: 0 }],
  ])('is repaired: %s', (_what, changes, repaired) => {
    expect(toBelievableQuota(row(changes), now)).toEqual(row({ ...changes, ...repaired }));
  });
});

describe('the row after a wait of more than a day', () => {
  /** Processes over one table, each with a memory of its own. */
  function makeTable(first: QuotaRow) {
    let stored = JSON.stringify(first);
    let etag = 1;
    const writes: QuotaRow[] = [];
    const process = () =>
      new QuotaRowStore(
        {
          get: async () => ({ partitionKey: 'quota', rowKey: 'test', json: stored, etag: String(etag) }),
          write: async (entity) => {
            stored = String((entity as Record<string, unknown>)['json']);
            writes.push(JSON.parse(stored) as QuotaRow);
            return String(++etag);
          },
        },
        'test',
        { clock: { now: () => now, sleep: async () => undefined }, random: () => 0.5, logger: silentLogger },
      );
    return { process, writes };
  }
  const look = (store: QuotaRowStore) => store.change((known) => ({ row: null, result: known }), 'fresh');

  it.each([1, 3])('is stored repaired by the first of %i processes, once', async (processes) => {
    const { process, writes } = makeTable(row({ tokens: 0, notBefore: now + 2 * day }));

    for (let started = 0; started < processes; started++) {
      const { result } = await look(process());
      expect(result).toMatchObject({ notBefore: 0, tokens: 0 });
    }

    expect(writes).toEqual([row({ tokens: 0, notBefore: 0 })]);
  });

  it('earns from then on, however often it is read: a process that begins gets its writes', async () => {
    const { process, writes } = makeTable(row({ tokens: 0, spare: 0, notBefore: now + 2 * day }));
    const store = process();
    await look(store);
    const [repaired] = writes;

    // What the wait was counted from is not moved by a reading.
    await look(store);
    expect(repaired?.updatedAt).toBe(now);
    expect((await look(store)).result?.updatedAt).toBe(now);
    expect(writes).toHaveLength(1);
  });
});
