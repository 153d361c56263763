import { describe, expect, it } from '@jest/globals';
import type { Check } from './decide.properties';
import { checkUndecided } from './decide-undecided.properties';
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
  countOutcomes,
  makeCases,
} from './decide.properties';

// With this seed so few cases find the planted faults that 5,000 found; test/long/decide.test.ts runs a hundred
// thousand fresh ones.
const seed = 3;
const cases = makeCases(seed, 1_000);

describe('any of 1,000 decisions, carried out in the embedded Graph', () => {
  it.each<[string, Check]>([
    ['is taken by Graph, and leaves nothing to do', checkSecondDecision],
    ['reduces nothing that is not ours', checkOwnership],
    ['removes only what is replaced, taken away by an exception, or over by two looks', checkRemovals],
    ['switches a plan off by two looks, where a rule that left it on stopped matching', checkNarrowing],
    ['takes nothing away for want of data', checkUndecided],
    ['does not depend on the order of rules, grants, ledger or holdings', checkOrder],
    ['accounts for every SKU that the policy wants the user to have', checkEveryoneIsServed],
    ['makes no user wait where there are seats', checkAmpleSeats],
    ['under a guard reduces nothing, and gives what it would give anyway', checkHold],
  ])('%s', (_, check) => {
    checkCases(cases, seed, check);
  });

  it('comes to rest when it is taken day after day', () => {
    checkCases(cases.slice(0, 300), seed, checkDays);
  });

  it('has every outcome in one of a hundred cases at least', () => {
    const counts = countOutcomes(cases);

    const expected = [
      'licensed',
      'nothing',
      'waiting',
      'blocked',
      'held',
      'grace',
      'pinned',
      'outOfScope',
    ] as const;
    expect(expected.filter((outcome) => (counts.get(outcome) ?? 0) < 1)).toEqual([]);
  });
});
