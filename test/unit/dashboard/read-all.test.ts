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
});

type Asked = { readonly skip: number; readonly limit: number };
const keyOf = String;

describe('a list that is read by numbers and saved as a file', () => {
  const sizes = [0, 1, exportedAtOnce, exportedAtOnce + 1, 3 * exportedAtOnce];
  it.each(sizes)('has all of %s rows, with or without a total', async (total) => {
    const pageOf = ({ skip, limit }: Asked) => numbers(skip, Math.min(total, skip + limit));
    const all = { rows: numbers(0, total), isAll: true };

    for (const counted of [total, null]) {
      const read = async (asked: Asked) => ({ items: pageOf(asked), total: counted, isWhole: true });
      expect(await readAllByNumber(keyOf, read)).toEqual(all);
    }
  });

  it('goes on over a short page in the middle, and says that a row is not there', async () => {
    const read = async ({ skip, limit }: Asked) => ({
      items: numbers(skip, Math.min(500, skip + limit)).filter((row) => row !== 250),
      total: 500,
      isWhole: true,
    });

    const { rows, isAll } = await readAllByNumber(keyOf, read);

    expect(rows).toEqual(numbers(0, 500).filter((row) => row !== 250));
    expect(isAll).toBe(false);
  });

  it('does not say that it is all where the API read a part of the list', async () => {
    const read = async ({ skip, limit }: Asked) => ({
      items: numbers(skip, Math.min(450, skip + limit)),
      total: 450,
      isWhole: false,
    });

    expect(await readAllByNumber(keyOf, read)).toEqual({ rows: numbers(0, 450), isAll: false });
  });

  it('ends where nothing comes any more, however many there are said to be', async () => {
    let asked = 0;
    const read = async ({ skip, limit }: Asked) => {
      asked += 1;
      return { items: numbers(skip, Math.min(250, skip + limit)), total: 9_000, isWhole: true };
    };

    expect(await readAllByNumber(keyOf, read)).toEqual({ rows: numbers(0, 250), isAll: false });
    expect(asked).toBe(3);
  });

  it.each([
    ['goes', 1],
    ['comes', -1],
  ])('has no row twice and does not say that it is all when one %s meanwhile', async (_name, moved) => {
    const read = async ({ skip, limit }: Asked) => {
      const by = skip === 0 ? 0 : moved;
      const total = 450 - by;
      const items = numbers(skip, Math.min(total, skip + limit)).map((place) => place + by);
      return { items, total, isWhole: true };
    };

    const { rows, isAll } = await readAllByNumber(keyOf, read);

    expect(new Set(rows).size).toBe(rows.length);
    expect(isAll).toBe(false);
  });
});
