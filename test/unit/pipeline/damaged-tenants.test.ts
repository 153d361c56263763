import { expect, it } from '@jest/globals';
import { judgeDamage, tablesWithRows } from '../../support/named-tenants/judge-damage';

/** For each table; test/long takes many more. */
const runs = 2;

it('one damaged or deleted row, of whatever table, takes nothing, gives nothing, and doctor names it', async () => {
  const problems: string[] = [];
  for (const table of await tablesWithRows()) {
    for (let seed = 1; seed <= runs; seed++) problems.push(...(await judgeDamage(table, seed)));
  }

  expect(problems).toEqual([]);
});
