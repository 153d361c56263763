import { describe, expect, it } from '@jest/globals';
import { findMissedJoiner } from '../support/simulation/simulate-joiner';
import { findMissedBySources } from '../support/simulation/simulate-sources';

describe('thousands of joiners, whatever goes wrong meanwhile', () => {
  // The first four seeds are those of `npm test`, which simulates ten of each.
  it.each([
    [1, 50, 'withGroups'],
    [101, 50, 'withGroups'],
    [601, 50, 'withoutGroups'],
    [1_801, 50, 'withoutGroups'],
    [10_001, 2_000, 'withGroups'],
    [12_001, 2_000, 'withGroups'],
    [14_001, 2_000, 'withoutGroups'],
    [16_001, 2_000, 'withoutGroups'],
  ] as const)(
    'end as the policy says (from seed %i, %i simulations, %s)',
    async (firstSeed, count, policy) => {
      expect(await findMissedJoiner(firstSeed, count, policy)).toBeUndefined();
    },
    300_000,
  );
});

const portion = 2_000;
const seeds = Number(process.env['LICENSER_SOURCES_SEEDS'] ?? 10_000);
const firstSeed = Number(process.env['LICENSER_SOURCES_FIRST'] ?? 1);
const portions = Array.from({ length: Math.ceil(seeds / portion) }, (_, index) => ({
  from: firstSeed + index * portion,
  count: Math.min(portion, seeds - index * portion),
}));

describe('thousands of users whom groups and dates concern, and of whom several sources tell', () => {
  it.each(portions)(
    'end as the policy says (from seed $from, $count simulations)',
    async ({ from, count }) => {
      expect(await findMissedBySources(from, count)).toBeUndefined();
    },
    600_000,
  );
});
