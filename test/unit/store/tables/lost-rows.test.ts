import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { compilePolicy } from '../../../../shared/pipeline/sources/policy-file';
import { repairRows } from '../../../../shared/ops/rows/repair-rows';
import { restoreActive, restorePolicy } from '../../../../shared/ops/rows/restore-policy';
import { MemoryTables } from '../../../../rehearsal/world/tables/memory-tables';
import { makeTableWorld } from '../../../support/memory/table-world';
import { damages, fill, joiner, operator, other, rowOf } from '../../../support/memory/filled-tables';
import type { Entity } from '../../../support/memory/filled-tables';

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

describe('the row that says which policy is active', () => {
  const pointer = () =>
    world.tables.rows('policies').find((row) => row['partitionKey'] === 'pointer') as Entity;

  it.each(Object.keys(damages).filter((kind) => kind !== 'absurd numbers'))(
    'is never replaced by the packaged file (%s), and can be said again',
    async (kind) => {
      const row = pointer();
      const { active } = JSON.parse(String(row['json'])) as { active: string };
      world.world.policyText = `${world.world.policyText ?? ''}exclusive: [[EMS, SPE_E3]]\n`;
      const damaged = damages[kind]?.(row);
      if (damaged) world.tables.put('policies', damaged);
      else world.tables.delete('policies', row);
      world.restart();

      // The file is good: nothing but the lost row keeps it from being used.
      expect(() => compilePolicy(world.world.policyText ?? '', 'policy.yaml')).not.toThrow();
      await expect(world.services().policy.active()).rejects.toMatchObject({ code: 'policy/pointer-lost' });
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

  it('is not probed: what it stops may be anything', async () => {
    damage('control', 'broken JSON');

    expect(await world.stores.control.takeProbe('lane:7', world.now() + 9_000_000, 1)).toBe(false);
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
