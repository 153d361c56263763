import { describe, expect, it } from '@jest/globals';
import { exportedAtOnce, mostExported, readAll, readAllByNumber } from '../../../dashboard/data/read-all';

const numbers = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_none, index) => from + index);
/** A list of so many rows that is read by cursors. */
const listOf = (total: number, size: number) => async (cursor: string | undefined) => {
  const from = Number(cursor ?? 0);
  const to = Math.min(total, from + size);
  return { items: numbers(from, to), next: to < total ? String(to) : null };
};

describe('a list that is saved as a file', () => {
  it('has the rows of all its pages, in their order', async () => {
    expect(await readAll(listOf(450, 200))).toEqual({ rows: numbers(0, 450), isAll: true });
  });

  it('goes on over a page on which nothing fits the filter', async () => {
    const pages = [
      { items: [1], next: 'b' },
      { items: [], next: 'c' },
      { items: [2], next: null },
    ];

    expect(await readAll(async () => pages.shift() ?? { items: [], next: null })).toEqual({
      rows: [1, 2],
      isAll: true,
    });
  });

  it('ends at the most that a file takes, and says that there is more', async () => {
    const { rows, isAll } = await readAll(listOf(mostExported + 50, 300));

    expect(rows).toEqual(numbers(0, mostExported));
    expect(isAll).toBe(false);
  });

  it('ends after a hundred requests, however little fits', async () => {
    let asked = 0;
    const { isAll } = await readAll(async () => {
      asked += 1;
      return { items: [], next: 'further' };
    });

    expect([asked, isAll]).toEqual([100, false]);
  });

  it.each([0, 1, exportedAtOnce, exportedAtOnce + 1, 3 * exportedAtOnce])(
    'is read by numbers until a page is not full: %s rows',
    async (total) => {
      const read = async ({ skip, limit }: { skip: number; limit: number }) =>
        numbers(skip, Math.min(total, skip + limit));

      expect(await readAllByNumber(read)).toEqual({ rows: numbers(0, total), isAll: true });
    },
  );
});
