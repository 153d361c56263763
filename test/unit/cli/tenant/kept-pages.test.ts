import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import { KeptPages } from '../../../../cli/target/tenant/kept-pages';

const Page = z.object({ number: z.number() });
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'licenser-pages-'));
  path = join(folder, 'inner', 'users.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const numbersOf = async (
  pages: KeptPages<{ number: number }>,
  follows?: Parameters<typeof pages.read>[0],
) => {
  const numbers: number[] = [];
  for await (const { number } of pages.read(follows)) numbers.push(number);
  return numbers;
};
const withThree = async () => {
  const pages = new KeptPages(path, Page);
  for (const number of [1, 2, 3]) await pages.add({ number });
  return pages;
};

it('gives back every page, and only its owner may read them', async () => {
  const pages = await withThree();

  expect(await numbersOf(pages)).toEqual([1, 2, 3]);
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(statSync(join(folder, 'inner')).mode & 0o077).toBe(0);
});

it('keeps characters that some versions of readline take for the end of a line', async () => {
  const pages = new KeptPages(path, z.object({ text: z.string() }));
  const text = 'a\u2028b\u2029c\u0085d\r\ne';
  await pages.add({ text });
  const found = [];
  for await (const page of pages.read()) found.push(page);

  expect(found).toEqual([{ text }]);
  expect(readFileSync(path, 'utf8').split(/\r?\n|\r|\u2028|\u2029/)).toHaveLength(2);
});

it('goes on behind the last whole page, wherever the process was ended', async () => {
  for (const cut of [1, 5, 13]) {
    const pages = await withThree();
    truncateSync(path, statSync(path).size - cut);
    expect(await numbersOf(pages)).toEqual([1, 2]);
    await pages.add({ number: 4 });
    expect(await numbersOf(pages)).toEqual([1, 2, 4]);
    await pages.forget();
  }
});

it('ends where a page does not follow the one before', async () => {
  const pages = await withThree();
  appendFileSync(path, '{"number":9}\n{"number":10}\n');
  const isNext = (page: { number: number }, before?: { number: number }) =>
    page.number === (before?.number ?? 0) + 1;

  expect(await numbersOf(pages, isNext)).toEqual([1, 2, 3]);
  expect(await numbersOf(pages)).toEqual([1, 2, 3]);
});

it('has nothing where nothing was kept', async () => {
  expect(await numbersOf(new KeptPages(path, Page))).toEqual([]);
});
