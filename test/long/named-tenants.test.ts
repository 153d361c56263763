import { describe, expect, it } from '@jest/globals';
import { disturbances } from '../support/named-tenants/disturb';
import { judgeDisturbance } from '../support/named-tenants/judge';
import { judgeDamage, tablesWithRows } from '../support/named-tenants/judge-damage';

const runs = 1_500;

describe('a tenant in which names change behind the policy’s back', () => {
  it.each(disturbances)(
    `%s: takes nothing, gives nothing, and doctor names it (${String(runs)} tenants)`,
    async (kind) => {
      const problems: string[] = [];
      for (let seed = 1_000; seed < 1_000 + runs && problems.length < 5; seed++) {
        problems.push(...(await judgeDisturbance(kind, seed)));
      }

      expect(problems).toEqual([]);
    },
    600_000,
  );
});

/** For each table. */
const damagedRuns = 100;

it(`one damaged or deleted row, of whatever table (${String(damagedRuns)} tenants each), takes nothing, gives nothing, and doctor names it`, async () => {
  const problems: string[] = [];
  for (const table of await tablesWithRows()) {
    for (let seed = 1_000; seed < 1_000 + damagedRuns && problems.length < 10; seed++) {
      problems.push(...(await judgeDamage(table, seed)));
    }
  }

  expect(problems).toEqual([]);
}, 1_800_000);
