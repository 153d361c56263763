import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../shared/kernel/errors';
import { silentLogger } from '../../../shared/kernel/logger';
import { freshQuota } from '../../../shared/quota/quota-lease';
import { QuotaRowStore } from '../../../shared/quota/quota-row-store';

/** A row that other processes change first, `losses` times in a row. */
function makeStore(losses: number, chance: number) {
  const slept: number[] = [];
  let lost = 0;
  const store = new QuotaRowStore(
    {
      get: async () => undefined,
      write: async () => {
        if (lost++ < losses) throw new ConcurrencyError('The row was changed');
        return 'tag';
      },
    },
    'test',
    {
      clock: { now: () => 1_000_000, sleep: async (ms) => void slept.push(ms) },
      random: () => chance,
      logger: silentLogger,
    },
  );
  const row = freshQuota({ ceilingPerSecond: 16, floorPerSecond: 1 }, 1_000_000);
  return { slept, change: (how?: 'urgent') => store.change(() => ({ row, result: null }), how) };
}

describe('a race for the quota row that is lost', () => {
  it('is followed by a wait of its own length for each process, twice as long each time', async () => {
    const one = makeStore(4, 0.5);
    const other = makeStore(4, 0.1);

    await Promise.all([one.change(), other.change()]);

    expect(one.slept).toEqual([25, 50, 100, 200]);
    expect(other.slept).toEqual([5, 10, 20, 40]);
  });

  it('is not waited after when Graph has just refused', async () => {
    const { slept, change } = makeStore(4, 0.5);

    await change('urgent');

    expect(slept).toEqual([]);
  });
});
