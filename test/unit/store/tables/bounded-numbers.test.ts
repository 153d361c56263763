import { beforeEach, describe, expect, it } from '@jest/globals';
import { broken, fill } from '../../../support/memory/filled-tables';
import type { Entity } from '../../../support/memory/filled-tables';
import { makeTableWorld } from '../../../support/memory/table-world';

let world: ReturnType<typeof makeTableWorld>;
beforeEach(async () => {
  world = makeTableWorld();
  await fill(world);
});

/** What is wrong with the row of a user in which one number is another; not a text: nothing. */
async function problemWith(field: string, number: number): Promise<unknown> {
  const rows = world.tables.rows('users') as readonly Entity[];
  const row = rows.find((one) => one.partitionKey === broken && one.rowKey === 'state');
  if (row === undefined) throw new Error('The user has no row');
  const state = JSON.parse(String(row['json'])) as Record<string, unknown>;
  world.tables.put('users', { ...row, json: JSON.stringify({ ...state, [field]: number }) });
  return world.stores.rows.problemOf({ table: 'users', ...row });
}

describe('a number in a row that none could have stored', () => {
  it.each<[string, number]>([
    ['version', -1],
    ['version', 1.5],
    ['version', 1e300],
    ['tries', -1],
    ['tries', 0.1],
    ['looks', 2 ** 60],
    ['looks', -5],
    ['firstSeenAt', 1e300],
    ['firstSeenAt', -1e300],
    ['decidedAt', 8_640_000_000_000_001],
    ['writtenAt', -8_640_000_000_000_001],
  ])('is told: %s of %d', async (field, number) => {
    expect(typeof (await problemWith(field, number))).toBe('string');
  });

  it.each<[string, number]>([
    ['version', 0],
    ['tries', 1_000_000],
    ['looks', 1_000_000_000],
    ['firstSeenAt', 0],
    ['decidedAt', 8_640_000_000_000_000],
  ])('is not what could have been: %s of %d', async (field, number) => {
    expect(typeof (await problemWith(field, number))).not.toBe('string');
  });
});
