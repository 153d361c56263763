import { describe, expect, it } from '@jest/globals';
import { findMissedJoiner } from '../support/simulation/simulate-joiner';

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
