import { describe, expect, it } from '@jest/globals';
import { findMissedJoiner } from '../support/simulation/simulate-joiner';

describe('thousands of joiners, whatever goes wrong meanwhile', () => {
  it.each([10_001, 12_001, 14_001, 16_001])(
    'end as the policy says (2,000 simulations from seed %i)',
    async (firstSeed) => {
      expect(await findMissedJoiner(firstSeed, 2_000)).toBeUndefined();
    },
    300_000,
  );
});
