import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { toSkuId, toUserId } from '../../shared/kernel/ids';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { setSeats } from '../support/seats';
import { waitUntil } from '../support/wait-until';
import type { UserRecord } from '../../shared/store/ports/user-store';

const gold = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a1');
const silver = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a2');
const chart = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a3');
const board = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a4');
const planOf = (letter: string) => `cccccccc-0000-4000-8000-0000000000${letter}`;
const sku = (skuId: string, skuPartNumber: string, enabled: number, plan: string) => ({
  type: 'sku',
  skuId,
  skuPartNumber,
  prepaidUnits: { enabled },
  servicePlans: [{ servicePlanId: planOf(plan), servicePlanName: `${skuPartNumber}_PLAN` }],
});

/** Two plans of this tenant exclude each other, which no page of Microsoft's tells. */
const tenant = [
  {
    type: 'tenant',
    tenantId: 'aaaaaaaa-0000-4000-8000-00000000000f',
    displayName: 'Scarce',
    domains: ['scarce.example'],
    countryLetterCode: 'NL',
  },
  sku(gold, 'GOLD', 0, 'a1'),
  sku(silver, 'SILVER', 500, 'a2'),
  sku(chart, 'CHART', 500, 'a3'),
  sku(board, 'BOARD', 500, 'a4'),
  { type: 'exclusive', servicePlanIds: [planOf('a3'), planOf('a4')] },
];

const policy = `version: 1
rules:
  - name: directors
    when: 'user.department -eq "Directors"'
    assign: [{ sku: GOLD, fallback: [SILVER], priority: 10 }]
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [{ sku: GOLD, fallback: [SILVER] }]
  - name: strangers
    when: 'user.department -eq "Strangers"'
    assign: [{ sku: CHART, priority: 5 }, { sku: BOARD }]
`;

let test: TestCloud;
let folder: string;
let made = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scarce-'));
  writeFileSync(join(folder, 'tenant.ndjson'), tenant.map((line) => JSON.stringify(line)).join('\n'));
  writeFileSync(join(folder, 'policy.yaml'), policy);
  test = await startTestCloud({
    tenantFile: join(folder, 'tenant.ndjson'),
    policy: join(folder, 'policy.yaml'),
    settings: {
      LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
      LICENSER_WAITING_SCHEDULE: '*/2 * * * * *',
      LICENSER_VERIFY_SECONDS: '1',
    },
  });
  await test.cloud.addFunctionsHost();
});
afterAll(async () => {
  await test?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const bring = async (department: string, count: number): Promise<readonly string[]> => {
  const users = await test.bring(
    Array.from({ length: count }, () => ({
      userPrincipalName: `user${++made}@scarce.example`,
      mailNickname: `user${made}`,
      displayName: `User ${made}`,
      accountEnabled: true,
      userType: 'Member',
      usageLocation: 'NL',
      department,
    })),
  );
  return users.map(({ id }) => id.toLowerCase());
};
const assigned = async (): Promise<WriteLogEntry[]> =>
  (await test.control.writeLog(0)).filter(({ kind }) => kind === 'assignLicense');
const holdersOf = async (skuId: string) =>
  (await assigned())
    .filter(({ effective, add }) => effective && add?.some((one) => one.skuId === skuId))
    .map(({ userId }) => userId.toLowerCase());
const refusedOf = async (ids: readonly string[]) =>
  (await assigned()).filter(({ status, userId }) => status !== 200 && ids.includes(userId.toLowerCase()));
const recordOf = (id: string): Promise<UserRecord> => test.stores.users.read(toUserId(id));
const whenAll = (what: string, ids: readonly string[], is: (record: UserRecord) => boolean) =>
  waitUntil(what, async () => {
    const records = await Promise.all(ids.map(recordOf));
    return records.every(is) && records;
  });
const waitingFor = async (skuId: typeof gold) => {
  const ids: string[] = [];
  for await (const { userId } of test.stores.waiting.list(skuId)) ids.push(userId);
  return ids;
};

describe('seats that run out, with two functions hosts', () => {
  let sales: readonly string[];
  let directors: readonly string[];

  it('leave everybody with the fallback, on a list by priority', async () => {
    sales = await bring('Sales', 12);
    await whenAll('sales wait', sales, ({ state }) => state?.outcome === 'waiting');
    directors = await bring('Directors', 5);
    await whenAll('directors wait', directors, ({ state }) => state?.outcome === 'waiting');

    const listed = await waitingFor(gold);

    expect(new Set(listed.slice(0, 5))).toEqual(new Set(directors));
    expect(new Set(listed.slice(5))).toEqual(new Set(sales));
    expect(new Set(await holdersOf(silver))).toEqual(new Set([...sales, ...directors]));
    expect(await assigned()).toHaveLength(17);
  });

  it('go by priority when some are bought, each in one call that swaps the fallback', async () => {
    await setSeats(test, gold, 7);
    await waitUntil('seven have gold', async () => (await holdersOf(gold)).length === 7);
    await whenAll('directors are licensed', directors, ({ state }) => state?.outcome === 'licensed');

    const swaps = (await assigned()).filter(({ add }) => add?.some(({ skuId }) => skuId === gold));

    // The five of higher priority, and two of the others.
    expect(swaps.map(({ userId }) => userId.toLowerCase())).toEqual(expect.arrayContaining([...directors]));
    expect(swaps.filter(({ userId }) => sales.includes(userId.toLowerCase()))).toHaveLength(2);
    for (const { status, effective, add, remove } of swaps) {
      expect({ status, effective, add: add?.map(({ skuId }) => skuId), remove }).toEqual({
        status: 200,
        effective: true,
        add: [gold],
        remove: [silver],
      });
    }
    expect(await waitUntil('ten wait', async () => (await waitingFor(gold)).length === 10)).toBe(true);
  });

  it('drain the list without an operator when there are enough, and no write was refused', async () => {
    await setSeats(test, gold, 40);
    await whenAll('all are licensed', [...sales, ...directors], ({ state }) => state?.outcome === 'licensed');

    expect(await waitUntil('no user waits', async () => (await waitingFor(gold)).length === 0)).toBe(true);
    const holders = await holdersOf(gold);
    expect(holders).toHaveLength(new Set(holders).size);
    expect(await refusedOf([...sales, ...directors])).toEqual([]);
    // One call for the fallback and one for the swap.
    expect(await assigned()).toHaveLength(34);
  });

  it('are given to a single joiner while some are left, and the list sees to it', async () => {
    const [joiner = ''] = await bring('Sales', 1);

    await whenAll('the joiner has gold', [joiner], ({ state }) => state?.outcome === 'licensed');

    await whenAll('the joiner waits no more', [joiner], ({ state }) =>
      (state?.skus ?? []).every(({ outcome }) => outcome !== 'waiting'),
    );
    // While the other host serves the lists the joiner may be given the fallback first; then one call swaps it.
    const calls = (await assigned()).filter(({ userId }) => userId.toLowerCase() === joiner);
    expect(calls.every(({ status }) => status === 200)).toBe(true);
    expect(calls.at(-1)).toMatchObject({ add: [{ skuId: gold }] });
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  it('stop a crowd at the last seat: as many as there are, and hardly a refused write', async () => {
    const before = (await holdersOf(gold)).length;

    const crowd = await bring('Sales', 70);
    const records = await whenAll(
      'the crowd has outcomes',
      crowd,
      ({ state }) => state?.outcome === 'licensed' || state?.outcome === 'waiting',
    );
    await waitUntil('all seats are used', async () => (await holdersOf(gold)).length === 40);

    expect(records).toHaveLength(70);
    expect((await holdersOf(gold)).length - before).toBe(40 - before);
    // Two hosts may give one seat at the same instant; without a count of seats 61 of the 70 would be refused.
    expect((await refusedOf(crowd)).length).toBeLessThanOrEqual(7);
    // One call each, and a swap for those at most who got a seat while the other host was serving the list.
    const calls = (await assigned()).filter(
      ({ effective, userId }) => effective && crowd.includes(userId.toLowerCase()),
    );
    const swapped = calls.filter(({ remove }) => remove?.includes(silver));
    expect(calls.length - swapped.length).toBe(70);
    const swaps = swapped.map(({ userId }) => userId.toLowerCase());
    expect(swaps.filter((id, index) => swaps.indexOf(id) !== index)).toEqual([]);
    for (const { add } of swapped) expect(add?.map(({ skuId }) => skuId)).toEqual([gold]);
  });
});

describe('a pair of plans that only Graph knows', () => {
  it('costs each host one refused write at most, and the next users none', async () => {
    const [first = ''] = await bring('Strangers', 1);
    const [record] = await whenAll(
      'the first is decided',
      [first],
      ({ state }) => state?.outcome === 'blocked',
    );
    const refused = await refusedOf([first]);

    const next: string[] = [];
    for (let number = 0; number < 4; number++) {
      const [id = ''] = await bring('Strangers', 1);
      await whenAll('the next is decided', [id], ({ state }) => state?.outcome === 'blocked');
      next.push(id);
    }

    expect(refused).toHaveLength(1);
    // The other host may not know it yet: it reads what was learnt after 5 s, or by its own refusal.
    expect((await refusedOf(next)).length).toBeLessThanOrEqual(1);
    for (const id of [first, ...next]) {
      const own = (await assigned()).filter((one) => one.userId.toLowerCase() === id && one.effective);
      expect(own).toMatchObject([{ add: [{ skuId: chart }] }]);
    }
    const reason = record?.state?.reasons[0]?.text ?? '';
    for (const name of ['CHART_PLAN', 'BOARD_PLAN', 'CHART', 'BOARD']) expect(reason).toContain(name);
    expect(await test.stores.learntConflicts.list()).toMatchObject([
      { kind: 'conflict', text: expect.stringContaining('mutually exclusive') },
    ]);
  });
});

describe('a license that was written', () => {
  it('is verified against its plans, with one request', async () => {
    const [joiner = ''] = await bring('Strangers', 1);

    await whenAll('the joiner is verified', [joiner], ({ state }) => (state?.verifiedAt ?? null) !== null);

    const timeline = await test.stores.users.timeline(toUserId(joiner));
    expect(timeline.filter(({ step }) => step === 'verified')).toHaveLength(1);
    expect(test.exits).toEqual([]);
  });
});
