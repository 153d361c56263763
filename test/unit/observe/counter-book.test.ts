import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../shared/kernel/logger';
import { CounterBook } from '../../../shared/observe/counter-book';
import { counterNames, sumCounts, timesOf } from '../../../shared/observe/counts';
import { makeMemoryCounters } from '../../support/memory/memory-counts';

const clock = { now: () => 1_000, sleep: async () => undefined };
const makeBook = (store = makeMemoryCounters()) => ({
  store,
  book: new CounterBook(store, { clock, process: 'p', logger: silentLogger }),
});

describe('the counts of a process', () => {
  it('are written once, with what came to nothing left out', async () => {
    const { book, store } = makeBook();
    book.add('written');
    book.add('written', 2);
    book.add('users.licensed');
    book.add('users.licensed', -1);

    await Promise.all([book.flush(), book.flush()]);

    expect(store.rows).toEqual([{ at: 1_000, counts: { written: 3 } }]);
  });

  it('that could not be written are written with the next ones', async () => {
    const real = makeMemoryCounters();
    let isAway = true;
    const store = {
      ...real,
      add: async (row: Parameters<typeof real.add>[0]) => {
        if (isAway) throw new Error('the tables are away');
        await real.add(row);
      },
    };
    const { book } = makeBook(store);
    book.add('written', 5);
    await book.flush();
    isAway = false;
    book.add('written');
    await book.flush();

    expect(store.rows.map(({ counts }) => counts)).toEqual([{ written: 6 }]);
  });
});

describe('percentiles from buckets', () => {
  it('are within 5 % of what was counted', () => {
    const times = Array.from({ length: 1_000 }, (_, index) => 40 + index * 37);
    const counts = sumCounts(times.map((ms) => ({ [counterNames.time('written', ms)]: 1 })));

    const { users, p50, p95, p99 } = timesOf(counts, 'written');

    expect(users).toBe(1_000);
    for (const [share, ms] of [
      [0.5, p50],
      [0.95, p95],
      [0.99, p99],
    ] as const) {
      const real = times[Math.ceil(share * 1_000) - 1] ?? 0;
      expect((ms ?? 0) / real).toBeGreaterThanOrEqual(1);
      expect((ms ?? 0) / real).toBeLessThanOrEqual(1.05);
    }
    expect(timesOf({}, 'written')).toEqual({ users: 0, p50: null, p95: null, p99: null });
  });
});
