import { describe, expect, it } from '@jest/globals';
import { collect, mapConcurrently, readConcurrently } from '../../../shared/kernel/concurrently';

/** Work that ends when told, so that what is under way can be counted. */
function makeWork() {
  const ends = new Map<number, () => void>();
  let most = 0;
  const work = (item: number) =>
    new Promise<string>((resolve) => {
      ends.set(item, () => {
        ends.delete(item);
        resolve(`done ${item}`);
      });
      most = Math.max(most, ends.size);
    });
  return { work, ends, most: () => most };
}

describe('work on many items at once', () => {
  it('gives the results in the order of the items, in whatever order they end, and never has more under way', async () => {
    const { work, ends, most } = makeWork();

    const results = mapConcurrently([1, 2, 3, 4, 5], 2, work);
    while (ends.size > 0) {
      [...ends.values()].at(-1)?.();
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(await results).toEqual(['done 1', 'done 2', 'done 3', 'done 4', 'done 5']);
    expect(most()).toBe(2);
  });

  it('passes on the first failure in the order of the items', async () => {
    const results = mapConcurrently([1, 2, 3], 3, async (item) => {
      if (item > 1) throw new Error(`no ${item}`);
      return item;
    });

    await expect(results).rejects.toThrow('no 2');
  });

  it('collects nothing of nothing', async () => {
    expect(await collect(readConcurrently([], async () => 1))).toEqual([]);
  });
});
