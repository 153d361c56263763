import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { keepReads } from '../../../../cli/target/tenant/kept-reads';
import type { Directory, DirectoryUser } from '../../../../shared/graph/directory';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { toUserId } from '../../../../shared/kernel/ids';
import { noNeeds } from '../../../../shared/words/needs';

const needs = { ...noNeeds, properties: new Set(['department']) };
const idOf = (number: number) => toUserId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
const user = (number: number): DirectoryUser => ({
  id: idOf(number),
  properties: { department: 'Sales' },
  usageLocation: null,
  assignments: [],
});

let folder: string;
let asked: string[];
let said: string[];
let breaksAt: string | undefined;
let refuses: string | undefined;
let now: number;
let pageTakesMs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'licenser-reads-'));
  [asked, said, breaksAt, refuses, now] = [[], [], undefined, undefined, Date.now()];
  pageTakesMs = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Four pages of two users, by links `2`, `3`, `4`; a group of three members in two pages. */
const graph = {
  async userPage(_read: unknown, link = '1') {
    asked.push(`users ${link}`);
    now += pageTakesMs;
    if (link === breaksAt) throw new GraphError('permission', 'interrupted', { status: 403 });
    if (link === refuses) {
      refuses = undefined;
      throw new GraphError('badRequest', 'The specified page token value has expired.', { status: 400 });
    }
    const number = Number(link);
    const next = number < 4 ? { nextLink: String(number + 1) } : {};
    return { users: [user(2 * number), user(2 * number + 1)], odd: number === 2 ? [idOf(99)] : [], ...next };
  },
  async *groupMembers(group: string) {
    asked.push(`group ${group}`);
    yield [idOf(2), idOf(3)];
    if (group === breaksAt) throw new GraphError('permission', 'interrupted', { status: 403 });
    yield [idOf(4)];
  },
} as unknown as Directory;

const open = (isFresh = false) => {
  const kept = keepReads({
    folder: async () => folder,
    now: () => now,
    isFresh,
    onResume: (since) => said.push(since),
  });
  const directory = kept.over(graph);
  return {
    done: kept.done,
    users: async () => {
      const [seen, odd]: [Set<string>, string[]] = [new Set(), []];
      for await (const page of directory.listUsers(needs, undefined, (id) => odd.push(id))) {
        for (const { id } of page) seen.add(id);
      }
      return { seen: [...seen].length, odd: odd.length };
    },
    members: async (group: string) => {
      const ids: string[] = [];
      for await (const page of directory.groupMembers(group)) ids.push(...page);
      return ids.length;
    },
  };
};

it('goes on at the page where it stopped, and reads no page and no group twice', async () => {
  breaksAt = '3';
  await open().members('g');
  await expect(open().users()).rejects.toThrow('interrupted');
  breaksAt = undefined;
  const resumed = open();

  expect(await resumed.users()).toEqual({ seen: 8, odd: 1 });
  expect(await resumed.members('g')).toBe(3);
  expect(asked).toEqual(['group g', 'users 1', 'users 2', 'users 3', 'users 3', 'users 4']);
  expect(said.length).toBeGreaterThan(0);
});

it('asks Graph for nothing when everything was read, and for everything when it is through', async () => {
  await open().users();
  const again = open();
  expect(await again.users()).toEqual({ seen: 8, odd: 1 });
  expect(asked).toHaveLength(4);
  await again.done();

  expect(await open().users()).toEqual({ seen: 8, odd: 1 });
  expect(asked).toHaveLength(8);
});

it('keeps of a group that was interrupted nothing: half of it would look like all', async () => {
  breaksAt = 'g';
  await expect(open().members('g')).rejects.toThrow('interrupted');
  breaksAt = undefined;

  expect(await open().members('g')).toBe(3);
});

it('begins anew when Graph no longer takes the link', async () => {
  breaksAt = '3';
  await expect(open().users()).rejects.toThrow('interrupted');
  breaksAt = undefined;
  refuses = '3';

  expect((await open().users()).seen).toBe(8);
  expect(asked.slice(3)).toEqual(['users 3', 'users 1', 'users 2', 'users 3', 'users 4']);
});

it('takes from a file that two plans wrote only what follows from the first page', async () => {
  await open().users();
  const [name = ''] = readdirSync(folder);
  const [first, second, third] = readFileSync(join(folder, name), 'utf8').split('\n');
  writeFileSync(join(folder, name), [first, third, second, ''].join('\n'));
  asked = [];

  expect((await open().users()).seen).toBe(8);
  expect(asked).toEqual(['users 2', 'users 3', 'users 4']);
});

it('uses nothing that is older than an hour', async () => {
  await open().users();
  now += 61 * 60_000;

  await open().users();

  expect(asked).toHaveLength(8);
  expect(said).toEqual([]);
});

it('goes on with a read that took longer than an hour, and says since when its pages are', async () => {
  const began = now;
  [breaksAt, pageTakesMs] = ['4', 25 * 60_000];
  await expect(open().users()).rejects.toThrow('interrupted');
  [breaksAt, pageTakesMs] = [undefined, 0];
  asked = [];

  expect((await open().users()).seen).toBe(8);
  expect(asked).toEqual(['users 4']);
  expect(said).toEqual([new Date(began + 25 * 60_000).toISOString()]);
});

it('counts the hour from the last page that follows from the first, whatever was written behind it', async () => {
  breaksAt = '3';
  await expect(open().users()).rejects.toThrow('interrupted');
  breaksAt = undefined;
  now += 61 * 60_000;
  const [name = ''] = readdirSync(folder);
  const [, second = ''] = readFileSync(join(folder, name), 'utf8').split('\n');
  appendFileSync(join(folder, name), `${JSON.stringify({ ...(JSON.parse(second) as object), at: now })}\n`);
  asked = [];

  expect((await open().users()).seen).toBe(8);
  expect(asked).toHaveLength(4);
});

it.each([false, true])('leaves what others have kept when it is through (fresh: %s)', async (isFresh) => {
  breaksAt = '3';
  await expect(open().users()).rejects.toThrow('interrupted');
  breaksAt = undefined;
  const small = open(isFresh);
  await small.members('g');
  await small.done();
  asked = [];

  expect((await open().users()).seen).toBe(8);
  expect(asked).toEqual(['users 3', 'users 4']);
});

it('reads everything anew once, where that is asked for', async () => {
  await open().users();
  const fresh = open(true);
  asked = [];

  expect((await fresh.users()).seen).toBe(8);
  expect((await fresh.users()).seen).toBe(8);
  expect(asked).toHaveLength(4);
});

it('keeps other properties apart, and gives only what follows from the first page', async () => {
  await open().users();
  const other = keepReads({ folder: async () => folder, now: () => now, onResume: () => undefined }).over(
    graph,
  );
  for await (const _page of other.listUsers({ ...needs, properties: new Set(['country']) })) continue;

  expect(asked).toHaveLength(8);
  expect(readdirSync(folder)).toHaveLength(2);
});
