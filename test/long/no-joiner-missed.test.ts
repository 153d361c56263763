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

describe('thousands of users whom groups and dates concern, and of whom several sources tell', () => {
  it.each([1, 2_001, 4_001, 6_001, 8_001])(
    'end as the policy says (from seed %i, 2,000 simulations)',
    async (firstSeed) => {
      expect(await findMissedBySources(firstSeed, 2_000)).toBeUndefined();
    },
    600_000,
  );
});
