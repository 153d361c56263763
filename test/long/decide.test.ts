import { randomInt } from 'node:crypto';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import type { Check } from '../unit/licensing/decide.properties';
import { checkAlike } from '../unit/licensing/decide-alike.properties';
import { checkUndecided } from '../unit/licensing/decide-undecided.properties';
import {
  checkAmpleSeats,
  checkCases,
  checkDays,
  checkEveryoneIsServed,
  checkHold,
  checkNarrowing,
  checkOrder,
  checkOwnership,
  checkRemovals,
  checkSecondDecision,
  makeCases,
} from '../unit/licensing/decide.properties';
import { arbitraryScarceCase, checkOrderOfService } from '../unit/licensing/seats/scarce-seats';

/** Ten campaigns of 10,000 fresh cases each; the seed is in the name of the test that fails. */
const seeds = Array.from({ length: 10 }, () => randomInt(2 ** 31));

const checks: Check[] = [
  checkSecondDecision,
  checkOwnership,
  checkRemovals,
  checkNarrowing,
  checkUndecided,
  checkOrder,
  checkEveryoneIsServed,
  checkAmpleSeats,
  checkHold,
  checkNarrowing,
  checkDays,
];

describe('decisions of fresh cases', () => {
  it.each(seeds)(
    'hold what is promised, seed %i',
    (seed) => {
      const cases = makeCases(seed, 10_000);

      for (const check of checks) checkCases(cases, seed, check);
    },
    900_000,
  );
});

describe('users who are decided together', () => {
  it.each(seeds.slice(0, 3))(
    'are decided as each would be alone, seed %i',
    (seed) => {
      const cases = makeCases(seed, 5 * 1_000);

      for (let first = 0; first < cases.length; first += 5) {
        const [base, ...others] = cases.slice(first, first + 5);
        if (base !== undefined) checkAlike(base, others);
      }
    },
    900_000,
  );
});

describe('scarce seats of fresh tenants', () => {
  it.each(seeds.slice(0, 5))(
    'go to the same priorities in whatever order, seed %i',
    (seed) => {
      const property = fc.property(arbitraryScarceCase, (made) => void checkOrderOfService(made));

      fc.assert(property, { seed, numRuns: 10_000 });
    },
    900_000,
  );
});
