import { randomInt } from 'node:crypto';
import { describe, it } from '@jest/globals';
import type { Check } from '../unit/licensing/decide.properties';
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
  checkUndecided,
  makeCases,
} from '../unit/licensing/decide.properties';

/** Ten campaigns of 10,000 fresh cases each; the seed is in the name of the test that fails. */
const seeds = Array.from({ length: 10 }, () => randomInt(2 ** 31));

const checks: Check[] = [
  checkSecondDecision,
  checkOwnership,
  checkRemovals,
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
