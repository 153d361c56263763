import { beforeEach, describe, expect, it } from '@jest/globals';
import { UserError } from '../../../../shared/kernel/errors';
import type { PolicyHash, UserId } from '../../../../shared/kernel/ids';
import { checkRows } from '../../../../shared/ops/doctor/check-rows';
import { repairableTables } from '../../../../shared/ops/rows/list-unreadable';
import { repairRows } from '../../../../shared/ops/rows/repair-rows';
import { restoreActive, restorePolicy } from '../../../../shared/ops/rows/restore-policy';
import { closeRepairedRows } from '../../../../shared/pipeline/crashes/repaired-rows';
import { nameRow } from '../../../../shared/store/ports/stored-rows';
import {
  derivedTables,
  setAsideTable,
  tableShapes,
} from '../../../../shared/store/tables/rows/table-stored-rows';
import type { Failure } from '../../../../shared/words/failure';
import { MemoryTables } from '../../../support/memory/memory-tables';
import { makeTableWorld } from '../../../support/memory/table-world';
import { ems, intune, premium } from '../../../support/pipeline-world';
import { userId, userState } from '../../../support/user-states';

const operator = { by: 'ann', why: 'the row was damaged' };
const broken = userId(1);
const joiner = userId(2);
const other = userId(3);
const policy = 'f'.repeat(64) as PolicyHash;

/** A world in which every table has a row. */
async function fill(world: ReturnType<typeof makeTableWorld>): Promise<void> {
  const { stores, clock } = { ...world, clock: world.pipeline.clock };
  const now = clock.now();
  await world.license(other);
  const reason = { code: 'due', text: 'It is due' } as const;
  const { ledger } = await stores.users.read(other);
  await stores.users.commit(await stores.users.read(broken), {
    state: userState({ outcome: 'licensed' }),
    ledger: ledger.map((entry) => ({ ...entry })),
    exception: { until: null, why: 'a project', by: 'ann', at: now, skus: [] },
  });
  await stores.cursors.commit(
    'users-delta',
    await stores.cursors.read('users-delta'),
    '{"link":"x","properties":[]}',
  );
  await stores.failures.record(
    { subject: userId(9), class: 'conflict', reason, suggestedRepair: 'x', facts: {} },
    now,
  );
  await stores.leases.take('drain', 'process-1', 30_000);
  await stores.waiting.put({
    skuId: ems,
    userId: broken,
    userPrincipalName: null,
    priority: 0,
    since: now,
    fallback: null,
  });
  await stores.waiting.noteServed(ems, now, 1);
  await stores.learntConflicts.learn({
    kind: 'conflict',
    plans: [intune, premium],
    learntAt: now,
    text: 'no',
    requestId: null,
  });
  await stores.guards.reserve(broken, { reduction: true, change: true }, () => true);
  await stores.rollouts.create({
    id: 'r1',
    kind: 'census',
    state: 'running',
    policyHash: policy,
    planStateHash: null,
    by: 'ann',
    why: 'why',
    createdAt: now,
    approvedBy: null,
    startedAt: now,
    endedAt: null,
    approvalReasons: [],
    members: 1,
  });
  await stores.rollouts.addMembers('r1', [
    {
      userId: broken,
      state: 'queued',
      queuedAt: now,
      settledAt: null,
      outcome: null,
      reason: null,
      plannedDigest: null,
      plannedChange: null,
    },
  ]);
  await stores.audit.record({
    at: now,
    by: 'ann',
    action: 'pause/set',
    subject: 'sku',
    why: null,
    facts: {},
  });
  await stores.control.pause({
    scope: 'lane:7',
    origin: 'operator',
    reason: 'r',
    by: 'ann',
    at: now,
    probedAt: null,
  });
  await stores.times.record({ userId: broken, at: now, stages: [['written', 5]] });
  await stores.handling.begin(broken, { instance: 'i', message: 'm', at: now });
  await stores.handling.beat({ instance: 'i', at: now });
  const asker = {
    id: 'x',
    name: 'ann',
    kind: 'user' as const,
    roles: ['Operator' as const],
    via: 'cli' as const,
  };
  await stores.operations.create('o1', {
    route: 'r',
    input: {},
    asker,
    why: null,
    requestId: 'q',
    auditKey: null,
    approvalId: null,
    state: 'queued',
    askedAt: now,
    startedAt: null,
    endedAt: null,
    beatAt: null,
    attempts: 0,
    sentAt: null,
    progress: null,
    result: null,
    problem: null,
  });
  await stores.approvals.create('a1', {
    route: 'r',
    input: {},
    asker,
    why: 'w',
    state: 'open',
    askedAt: now,
    expiresAt: now + 1,
    text: 't',
    count: 1,
    digest: 'd',
    items: [],
    decidedBy: null,
    operation: null,
  });
  await stores.answers.create('k1', { at: now, digest: 'd', status: null, body: null });
  await stores.samples.minutes.create('s1', {
    at: now,
    queues: {},
    waiting: 0,
    pauses: 0,
    openFailures: 0,
    p95Ms: null,
    verdict: 'licensing',
  });
  world.tables.put('quota', {
    partitionKey: 'quota',
    rowKey: 'graph-writes',
    json: JSON.stringify({ ratePerSecond: 1, tokens: 1, spare: 0, updatedAt: now, notBefore: 0 }),
  });
}

/** Which row of a table is damaged. */
const rowOf: Readonly<Record<string, (row: { partitionKey: string; rowKey: string }) => boolean>> = {
  users: ({ partitionKey, rowKey }) => partitionKey === broken && rowKey === 'state',
  policies: ({ partitionKey }) => partitionKey === 'spare',
  control: ({ rowKey }) => rowKey === 'lane:7',
  failures: ({ partitionKey }) => partitionKey === userId(9),
  waiting: ({ rowKey }) => rowKey === broken,
  guards: ({ rowKey }) => rowKey === 'window',
};

type Entity = Readonly<Record<string, unknown>> & { partitionKey: string; rowKey: string };
const absurd = (value: unknown): unknown =>
  typeof value === 'number'
    ? 1e300
    : Array.isArray(value)
      ? value.map(absurd)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, absurd(one)]))
        : value;
const damages: Readonly<Record<string, (row: Entity) => Entity | null>> = {
  'broken JSON': (row) => ({ ...row, json: String(row['json']).slice(0, -3) }),
  'an unknown kind': (row) => ({ ...row, json: '{"kind":"telepathy","state":"dreaming"}' }),
  'a foreign version': (row) => ({ ...row, json: '{"v":99,"value":{"new":"shape"}}' }),
  'absurd numbers': (row) => ({ ...row, json: JSON.stringify(absurd(JSON.parse(String(row['json'])))) }),
  missing: () => null,
};
/** Rows of these hold no number that could be wrong, or one that is right at any size. */
const withoutNumbers = new Set(['policies']);

const tables = Object.keys(tableShapes).filter((table) => table !== 'policies');
const cases = tables.flatMap((table) => Object.keys(damages).map((kind): [string, string] => [table, kind]));

let world: ReturnType<typeof makeTableWorld>;
beforeEach(async () => {
  world = makeTableWorld();
  await fill(world);
});

function damage(table: string, kind: string): Entity {
  const rows = world.tables.rows(table) as readonly Entity[];
  const row = rows.find((one) => rowOf[table]?.(one) ?? true);
  if (row === undefined) throw new Error(`The table ${table} has no row to damage`);
  const damaged = damages[kind]?.(row);
  if (damaged) world.tables.put(table, damaged);
  else world.tables.delete(table, row);
  return row;
}

async function openFailures(): Promise<readonly Failure[]> {
  // What is noted is recorded beside the work that met it.
  await new Promise(setImmediate);
  const found: Failure[] = [];
  for await (const failure of world.stores.failures.list('open')) found.push(failure);
  return found;
}

async function readEverything(id: UserId): Promise<void> {
  const { stores } = world;
  const all = async (items: AsyncIterable<unknown>) => {
    for await (const _ of items);
  };
  await all(stores.users.records());
  await all(stores.users.list());
  await stores.users.reindexExceptions();
  await all(stores.users.exceptions());
  await stores.users.timeline(id);
  await stores.cursors.read('users-delta');
  await stores.failures.reindex();
  await all(stores.failures.list('open'));
  await all(stores.waiting.list(ems));
  await stores.waiting.skus();
  await stores.waiting.counts();
  await stores.waiting.service(ems);
  await stores.learntConflicts.list();
  await all(stores.policies.list());
  await stores.guards.read(id);
  await stores.rollouts.list();
  await all(stores.rollouts.members('r1'));
  await all(stores.audit.list());
  await stores.control.pauses();
  await stores.control.lastSuccess('apply');
  await all(stores.times.list(world.now() - 3_600_000, world.now()));
  await stores.handling.notes(id);
  await stores.handling.instances();
  await all(stores.operations.list());
  await all(stores.approvals.list());
  await all(stores.answers.list());
  await all(stores.samples.minutes.list());
}

describe('one damaged row', () => {
  it.each(cases)(
    'of %s (%s): everybody else is licensed, it is named, and repair works',
    async (table, kind) => {
      const row = damage(table, kind);
      const name = nameRow({ table, ...row });
      world.restart();

      await world.license(joiner);
      const { state } = await world.stores.users.read(joiner);
      expect(state).toMatchObject({ outcome: 'licensed' });

      await readEverything(broken);
      const problem = await world.stores.rows.problemOf({ table, ...row });
      if (kind === 'missing' || problem === null || problem === undefined) {
        // What is missing, or was met and written anew, is no trouble left.
        expect(await checkRows(world.services())).toEqual([expect.objectContaining({ state: 'ok' })]);
        return;
      }
      const named = (await openFailures()).filter(({ class: one }) => one === 'row');
      // The quota has a row of its own kind, which its store writes anew with the next write.
      if (table !== 'quota' && table !== 'leases') {
        expect(named.map(({ facts }) => facts['row'])).toContain(name);
      }
      const findings = await checkRows(world.services());
      expect(findings.filter(({ state: one }) => one === 'fail').map(({ todo }) => todo)).toEqual([
        `licenser repair ${name}`,
      ]);

      const { repaired, left } = await repairRows(world.services(), { rows: [name] }, operator);
      expect({ repaired, left }).toEqual({ repaired: [name], left: [] });
      expect(typeof (await world.stores.rows.problemOf({ table, ...row }))).not.toBe('string');
      await closeRepairedRows(world.services());
      expect((await openFailures()).filter(({ class: one }) => one === 'row')).toEqual([]);
      expect(await checkRows(world.services())).toEqual([expect.objectContaining({ state: 'ok' })]);
      expect(world.tables.rows(setAsideTable)).toHaveLength(1);
    },
  );

  it('has a repair in every table that there is', () => {
    const known = [...repairableTables].sort();

    expect(Object.keys(tableShapes).sort()).toEqual(known);
    const others = [...known, ...derivedTables, setAsideTable];
    expect(world.tables.names().filter((name) => !others.includes(name))).toEqual([]);
  });

  it.each(tables.filter((table) => !withoutNumbers.has(table)))(
    'of %s with absurd numbers is not believed',
    async (table) => {
      const row = damage(table, 'absurd numbers');
      const problem = await world.stores.rows.problemOf({ table, ...row });

      // Rates and rests of the quota are bounded where they are used.
      expect(typeof problem === 'string' || table === 'quota' ? 'told' : 'believed').toBe('told');
    },
  );
});

describe('the row that says which policy is active', () => {
  const pointer = () =>
    world.tables.rows('policies').find((row) => row['partitionKey'] === 'pointer') as Entity;

  it.each(Object.keys(damages).filter((kind) => kind !== 'absurd numbers'))(
    'is never replaced by the packaged file (%s), and can be said again',
    async (kind) => {
      const row = pointer();
      const { active } = JSON.parse(String(row['json'])) as { active: string };
      world.world.policyText = `${world.world.policyText ?? ''}# another\nexclusive: [[EMS]]\n`;
      const damaged = damages[kind]?.(row);
      if (damaged) world.tables.put('policies', damaged);
      else world.tables.delete('policies', row);
      world.restart();

      await expect(world.services().policy.active()).rejects.toThrow(UserError);
      await world.license(joiner);
      // Parked: no outcome, no failure, no dead letter.
      expect((await world.stores.users.read(joiner)).state?.outcome ?? null).toBeNull();

      await restoreActive(world.services(), active.slice(0, 8), operator);
      expect((await world.services().policy.active()).policy.hash).toBe(active);
      await world.license(joiner);
      expect((await world.stores.users.read(joiner)).state).toMatchObject({ outcome: 'licensed' });
    },
  );

  it('is made by the first start, also by one that ended before', async () => {
    const fresh = makeTableWorld(new MemoryTables());
    await fresh.services().policy.active();
    fresh.tables.delete('policies', pointer());
    fresh.restart();

    await expect(fresh.services().policy.active()).resolves.toMatchObject({ policy: { mode: 'enforce' } });
  });
});

describe('the row of a policy', () => {
  it('that cannot be read stops its own users until its text is stored again', async () => {
    const { hash } = (await world.services().policy.active()).policy;
    world.tables.put('policies', { partitionKey: 'policy', rowKey: hash, json: '{' });
    world.restart();
    await world.license(joiner);
    expect((await world.stores.users.read(joiner)).state?.outcome ?? null).toBeNull();
    const name = `policies/policy/${hash}`;
    const { left } = await repairRows(world.services(), { all: true }, operator);
    expect(left).toEqual([{ row: name, why: expect.stringContaining('licenser repair --policy') }]);

    await restorePolicy(
      world.services(),
      { text: world.world.policyText ?? '', file: 'policy.yaml' },
      operator,
    );
    world.restart();
    await world.license(joiner);

    expect((await world.stores.users.read(joiner)).state).toMatchObject({ outcome: 'licensed' });
  });

  it('that was left behind stops no one else', async () => {
    const { stores } = world;
    const lost = 'e'.repeat(64) as PolicyHash;
    await world.services().policy.active();
    const before = await stores.policies.pointer();
    await stores.policies.movePointer(before, { ...before, left: [lost] });
    world.tables.put('policies', { partitionKey: 'policy', rowKey: lost, json: '{}' });
    world.restart();

    await world.license(joiner);

    expect((await stores.users.read(joiner)).state).toMatchObject({ outcome: 'licensed' });
    await expect(world.services().policy.needs()).resolves.toBeDefined();
  });
});

describe('a pause whose row cannot be read', () => {
  it('still pauses its own scope alone, and stays after repair until a person resumes it', async () => {
    damage('control', 'broken JSON');
    const { control } = world.stores;

    expect(await control.pauses()).toEqual([
      expect.objectContaining({ scope: 'lane:7', origin: 'operator' }),
    ]);
    await repairRows(world.services(), { rows: ['control/pause/lane:7'] }, operator);
    expect(await control.pauses()).toEqual([expect.objectContaining({ scope: 'lane:7', by: 'ann' })]);
    expect(await control.resume('lane:7')).toBe(true);
    expect(await control.pauses()).toEqual([]);
  });

  it('can be resumed without repair', async () => {
    damage('control', 'an unknown kind');

    expect(await world.stores.control.resume('lane:7')).toBe(true);
    expect(await world.stores.control.pauses()).toEqual([]);
  });
});

describe('guards whose window is lost', () => {
  it.each(['broken JSON', 'absurd numbers', 'missing'])(
    'count again from the other rows (%s)',
    async (kind) => {
      damage('guards', kind);

      const reading = await world.stores.guards.read(joiner);

      expect(reading.window).toEqual({ reductions: 1, changes: 1 });
    },
  );
});

describe('a lease', () => {
  it('that ends in a year is void', async () => {
    const year = 365 * 24 * 3_600_000;
    world.tables.put('leases', {
      partitionKey: 'lease',
      rowKey: 'census',
      json: JSON.stringify({ holder: 'gone', until: world.now() + year }),
    });

    expect(await world.stores.leases.take('census', 'me', 30_000)).toBe(true);
    expect(await world.stores.leases.take('census', 'you', 30_000)).toBe(false);
  });
});

describe('what could not be read back', () => {
  it('is not written: the row stays as it is', async () => {
    const record = await world.stores.users.read(other);
    const { state } = record;
    if (state === null) throw new Error('The user has no state');

    const commit = world.stores.users.commit(record, { state: { ...state, looks: Infinity } });

    await expect(commit).rejects.toMatchObject({ code: 'store/unwritable-value' });
    expect((await world.stores.users.read(other)).state).toEqual(state);
  });
});
