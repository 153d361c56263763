import { expect, it } from '@jest/globals';
import { judgeDamage, tablesWithRows } from '../support/named-tenants/judge-damage';

/** For each table. */
const runs = 100;

it(`one damaged or deleted row, of whatever table (${String(runs)} tenants each), takes nothing, gives nothing, and doctor names it`, async () => {
  const problems: string[] = [];
  for (const table of await tablesWithRows()) {
    for (let seed = 1_000; seed < 1_000 + runs && problems.length < 10; seed++) {
      problems.push(...(await judgeDamage(table, seed)));
    }
  }

  expect(problems).toEqual([]);
}, 1_800_000);
