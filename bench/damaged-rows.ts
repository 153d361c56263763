import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { derivedTables, setAsideTable, tableShapes } from '../shared/store/tables/rows/table-stored-rows';
import {
  followWrites,
  lastWrite,
  latencyMs,
  startMeasuredCloud,
  waitUntilQuiet,
} from './measuring/measured-cloud';
import type { MeasuredCloud } from './measuring/measured-cloud';
import { makeNewPeople } from './measuring/people';
import { firstLicensing } from './measuring/write-figures';

/** It takes --small. */
export const hasSmallSize = true;

const sizes = { full: { users: 600, rounds: 2 }, small: { users: 20, rounds: 1 } } as const;
/** A quota that nothing reaches. */
const quotaOff = 300;
/** Pauses, policies and learnt rules are remembered for 5 s at most; then the damaged rows are met. */
const untilMetMs = 6_000;

type Row = Readonly<Record<string, unknown>> & { readonly partitionKey: string; readonly rowKey: string };

const absurd = (value: unknown): unknown =>
  typeof value === 'number'
    ? 1e300
    : Array.isArray(value)
      ? value.map(absurd)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, absurd(one)]))
        : value;

/** What happens to a row; null: it is deleted. */
const damages: Readonly<Record<string, (json: string) => string | null>> = {
  brokenJson: (json) => json.slice(0, -1),
  unknownKind: () => '{"kind":"telepathy","state":"dreaming"}',
  missing: () => null,
  foreignVersion: () => '{"v":99,"value":{"new":"shape"}}',
  absurdNumbers: (json) => JSON.stringify(absurd(JSON.parse(json))),
};

/** Where a row of a table that is still empty is looked for: partition, key. */
const places: Readonly<Record<string, readonly [string, string]>> = {
  waiting: ['efccb6f7-5641-4e0e-bd10-b4976e1bf68e', '00000000-0000-4000-8000-000000000001'],
  knowledge: ['rule', 'conflict'],
  guards: ['guard', 'window'],
  rollouts: ['rollout', 'damaged'],
  policies: ['policy', 'f'.repeat(64)],
  operations: ['operation', 'damaged'],
  approvals: ['approval', 'damaged'],
  answers: ['answer', 'damaged'],
};

/**
 * New users are licensed while one row of every table is damaged at once, each way in turn, beside as many users before and
 * after with whole tables. The row that says which policy is in force, and that policy's own, are left: without them no
 * user can be decided. `ratio`: users a second with damaged rows over the mean of those before and after, as tables that
 * grow slow both down.
 */
export async function benchDamagedRows({ isSmall = false } = {}): Promise<BenchResult> {
  const size = isSmall ? sizes.small : sizes.full;
  const measured = await startMeasuredCloud({ quotaFactor: quotaOff });
  const whole: number[] = [];
  const ratios = new Map<string, number[]>();
  let first = 200_000;
  let lost = 0;
  const race = async () => {
    const { usersPerSecond, missed } = await licenseSome(measured, size.users, first);
    first += size.users * 3;
    lost += missed;
    return usersPerSecond;
  };
  try {
    await measured.follow();
    await waitUntilQuiet(measured, 60_000);
    await measured.setFaults({ latencyMs });
    // The first users warm what every process keeps.
    await race();
    let before = await race();
    whole.push(before);
    for (let round = 0; round < size.rounds; round++) {
      for (const [kind, damage] of Object.entries(damages)) {
        // What is left to do for the users before must slow neither of the two.
        await waitUntilQuiet(measured, 20_000);
        const rows = await damageEveryTable(measured, damage);
        await sleep(untilMetMs);
        const rate = await race();
        await putBack(measured, rows);
        await waitUntilQuiet(measured, 20_000);
        // As long a rest as before the damaged one.
        await sleep(untilMetMs);
        const after = await race();
        whole.push(after);
        ratios.set(kind, [...(ratios.get(kind) ?? []), rate / ((before + after) / 2)]);
        const told = [before, rate, after].map((each) => each.toFixed(1)).join(', ');
        process.stderr.write(`${kind}: ${told} users a second before, with damaged rows, and after\n`);
        before = after;
      }
    }
  } finally {
    await measured.stop();
  }
  const ratio = median([...ratios.values()].flat());
  const figures = {
    usersPerSecondWhole: median(whole),
    ...Object.fromEntries([...ratios].map(([kind, own]) => [`ratio.${kind}`, median(own)])),
    ratio,
    lost,
  };
  return {
    figures: roundFigures(figures),
    targets: [makeTarget('ratio', '>=', 0.9, ratio), makeTarget('lost', '<=', 0, lost)],
  };
}

/** New users, from the moment in which they can be read to the last one's license. */
async function licenseSome(measured: MeasuredCloud, count: number, first: number) {
  const after = await lastWrite(measured);
  const people = makeNewPeople({ count, first, bareEvery: 0 });
  const users = await measured.addUsers(people);
  const ids = new Set(users.map(({ id }) => id.toLowerCase()));
  const ofThese = (log: Parameters<typeof firstLicensing>[0]) =>
    [...firstLicensing(log)].filter(([id]) => ids.has(id)).map(([, { at }]) => at);
  const log = await followWrites(measured, after, 120_000, (all) => ofThese(all).length >= count);
  const times = ofThese(log);
  const begin = Math.min(...users.map(({ readableAt }) => readableAt));
  return {
    usersPerSecond: (times.length * 1_000) / (Math.max(...times) - begin),
    missed: count - times.length,
  };
}

type Damaged = { readonly table: string; readonly before: Row | null; readonly after: Row };

async function damageEveryTable(
  measured: MeasuredCloud,
  damage: (json: string) => string | null,
): Promise<readonly Damaged[]> {
  const rows: Damaged[] = [];
  for (const table of tables) {
    const client = clientOf(measured, table);
    // A table that nothing was written to yet is not there.
    await client.createTable();
    const before = await findRow(client, table);
    const json = damage(typeof before?.['json'] === 'string' ? before['json'] : '{"number":1}');
    const [partitionKey, rowKey] = places[table] ?? ['damaged', 'damaged'];
    const after: Row = { ...(before ?? { partitionKey, rowKey }), json: json ?? '' };
    if (json !== null) await client.upsertEntity(after, 'Replace');
    else if (before !== null) await client.deleteEntity(before.partitionKey, before.rowKey);
    rows.push({ table, before, after });
  }
  return rows;
}

const tables = [...Object.keys(tableShapes), ...derivedTables].filter((name) => name !== setAsideTable);

async function findRow(client: TableClient, table: string): Promise<Row | null> {
  if (table === 'policies') return null;
  for await (const row of client.listEntities<Row>()) {
    if (typeof row['json'] !== 'string') continue;
    if (table === 'users' && row.rowKey !== 'state') continue;
    const { partitionKey, rowKey, json } = row;
    const { state } = row;
    return { partitionKey, rowKey, json, ...(state === undefined ? {} : { state }) };
  }
  return null;
}

/** As it was, unless the app has written the row anew meanwhile. */
async function putBack(measured: MeasuredCloud, rows: readonly Damaged[]): Promise<void> {
  for (const { table, before, after } of rows) {
    const client = clientOf(measured, table);
    const { partitionKey, rowKey } = after;
    const now = await client.getEntity<Row>(partitionKey, rowKey).catch(() => null);
    if (now !== null && now['json'] !== after['json']) continue;
    if (before !== null) await client.upsertEntity(before, 'Replace');
    else if (now !== null) await client.deleteEntity(partitionKey, rowKey);
  }
}

function clientOf({ cloud }: MeasuredCloud, table: string): TableClient {
  const { endpoint, accountName, accountKey } = cloud.file.tables;
  return new TableClient(endpoint, table, new AzureNamedKeyCredential(accountName, accountKey), {
    allowInsecureConnection: true,
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
