import { describe, expect, it } from '@jest/globals';
import { findMissedJoiner } from '../support/simulation/simulate-joiner';

describe('thousands of joiners, whatever goes wrong meanwhile', () => {
  it.each([
    [10_001, 'withGroups'],
    [12_001, 'withGroups'],
    [14_001, 'withoutGroups'],
    [16_001, 'withoutGroups'],
  ] as const)(
    'end as the policy says (2,000 simulations from seed %i, %s)',
    async (firstSeed, policy) => {
      expect(await findMissedJoiner(firstSeed, 2_000, policy)).toBeUndefined();
    },
    300_000,
  );
});
