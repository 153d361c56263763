import { beforeEach, describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../../shared/kernel/ids';
import { checkRows } from '../../../../shared/ops/doctor/check-rows';
import { repairableTables } from '../../../../shared/ops/rows/list-unreadable';
import { repairRows } from '../../../../shared/ops/rows/repair-rows';
import { closeRepairedRows } from '../../../../shared/pipeline/crashes/repaired-rows';
import { nameRow } from '../../../../shared/store/ports/stored-rows';
import {
  derivedTables,
  setAsideTable,
  tableShapes,
} from '../../../../shared/store/tables/rows/table-stored-rows';
import type { Failure } from '../../../../shared/words/failure';
import { makeTableWorld } from '../../../support/memory/table-world';
import { ems } from '../../../support/pipeline-world';
import { broken, damages, fill, joiner, operator, rowOf } from '../../../support/memory/filled-tables';
import type { Entity } from '../../../support/memory/filled-tables';

/** Rows of these hold no number that could be wrong, or one that is right at any size. */
const withoutNumbers = new Set(['policies', 'users: ledger']);

/** Every kind of row there is: a table, and where it holds several kinds, `table: kind` as `rowOf` has them. */
const tables = [
  ...Object.keys(tableShapes).filter((table) => table !== 'policies'),
  ...Object.keys(rowOf).filter((name) => name.includes(':')),
];
const tableOf = (name: string): string => name.split(':')[0] ?? name;
const cases = tables.flatMap((table) => Object.keys(damages).map((kind): [string, string] => [table, kind]));

let world: ReturnType<typeof makeTableWorld>;
beforeEach(async () => {
  world = makeTableWorld();
  await fill(world);
});

function damage(what: string, kind: string): Entity {
  const table = tableOf(what);
  const rows = world.tables.rows(table) as readonly Entity[];
  const row = rows.find((one) => rowOf[what]?.(one) ?? true);
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
    async (what, kind) => {
      const row = damage(what, kind);
      const table = tableOf(what);
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
    async (what) => {
      const row = damage(what, 'absurd numbers');
      const table = tableOf(what);
      const problem = await world.stores.rows.problemOf({ table, ...row });

      // Rates and rests of the quota are bounded where they are used.
      expect(typeof problem === 'string' || table === 'quota' ? 'told' : 'believed').toBe('told');
    },
  );
});

describe('one damaged row of a table that is made anew', () => {
  const cases = derivedTables.flatMap((table) =>
    Object.keys(damages).map((kind): [string, string] => [table, kind]),
  );
  const contents = (table: string) =>
    world.tables.rows(table).map(({ partitionKey, rowKey, json }) => ({
      partitionKey,
      rowKey,
      json: JSON.parse(String(json)) as unknown,
    }));
  /** What makes it anew; absent: it expires, or the next round writes it. */
  const again: Readonly<Record<string, () => Promise<void>>> = {
    failuresByState: () => world.stores.failures.reindex(),
    exceptions: () => world.stores.users.reindexExceptions(),
  };

  it.each(cases)('%s (%s): everybody is licensed, and there is nothing to repair', async (table, kind) => {
    const before = contents(table);
    damage(table, kind);
    world.restart();

    await world.license(joiner);

    expect((await world.stores.users.read(joiner)).state).toMatchObject({ outcome: 'licensed' });
    await readEverything(broken);
    expect(await checkRows(world.services())).toEqual([expect.objectContaining({ state: 'ok' })]);
    expect((await openFailures()).filter(({ class: one }) => one === 'row')).toEqual([]);
    const make = again[table];
    if (make === undefined) return;
    await make();
    expect(contents(table)).toEqual(before);
  });
});
