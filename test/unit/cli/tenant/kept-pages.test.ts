import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
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
