import { describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../shared/kernel/ids';
import { decide } from '../../../shared/licensing/decide';
import { AlikeDecider } from '../../../shared/licensing/decide-alike';
import type { DecideInput } from '../../../shared/licensing/decision';
import { noneNew } from '../../../shared/licensing/service-plans/service-plan-verdicts';
import { stateDigest } from '../../../shared/licensing/state-digest';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import { checkAlike } from './decide-alike.properties';
import { makeCases } from './decide.properties';
import type { Situation } from './support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  department,
  now,
  ours,
  direct,
  property,
} from './support/tenant';

const seed = 5;
const read = (text: string) => {
  const reading = readMembershipRule(text);
  if (!reading.valid) throw reading.error;
  return reading.rule;
};
const userIdOf = (number: number) => `0a6f6f4e-0000-4000-8000-00000000000${number}` as UserId;

/** Decided by one decider, each beside what deciding them alone says. */
function decideAll(people: readonly (Situation & { readonly at?: number })[], common: Situation = {}) {
  const decider = new AlikeDecider();
  return people.map(({ at = now, ...person }, number) => {
    const made = anInput({ knownPlans: noneNew, ...common, ...person, now: at });
    const input: DecideInput = { ...made, user: { ...made.user, id: userIdOf(number) } };
    const { decision, digest } = decider.decideWithState(input);
    expect(decision).toEqual(decide(input));
    expect(digest).toBe(stateDigest(input));
    return decision;
  });
}

describe('users who are decided together', () => {
  it('are decided as each would be alone, in any of 20 tenants', () => {
    const cases = makeCases(seed, 5 * 20);
    const counts = { users: 0, anew: 0 };
    for (let first = 0; first < cases.length; first += 5) {
      const [base, ...others] = cases.slice(first, first + 5);
      if (base === undefined) continue;
      const { users, anew } = checkAlike(base, others);
      counts.users += users;
      counts.anew += anew;
    }

    // Some are alike, else this shows nothing.
    expect(counts.anew).toBeLessThan(0.9 * counts.users);
  });

  const policy = aPolicy({
    rules: [aRule('sales', { when: department('Sales'), assign: [aGrant('EMS')] })],
  });

  it('are decided once where they are alike, whatever else is known of them', () => {
    const sales = { accountEnabled: true, department: 'Sales', country: 'NL' };
    const [one, other, late] = decideAll(
      [
        { properties: sales },
        { properties: { ...sales, city: 'Oslo' } },
        { properties: sales, at: now + day },
      ],
      { policy },
    );

    expect(other).toBe(one);
    expect(late).toBe(one);
  });

  it('are told apart by the country that a location is taken from', () => {
    const of = (country: string) => ({
      properties: { accountEnabled: true, department: 'Sales', country },
      usageLocation: null,
    });
    const locations = decideAll([of('NL'), of('Germany'), of('NL')], { policy });

    expect(locations.map(({ operation }) => operation?.usageLocation)).toEqual(['NL', 'DE', 'NL']);
  });

  it('are told apart by exceptions: beside one who is never to be touched, and after them', () => {
    const sales = { accountEnabled: true, department: 'Sales', country: 'NL' };
    const of = (until: number) => ({ until, why: 'court case', by: 'ops', at: 0 });
    const frozen = (until: number) => ({ ...of(until), skus: [], frozen: of(until) });
    const decisions = decideAll(
      [
        { properties: sales },
        { properties: sales, exception: frozen(now + day) },
        { properties: sales },
        { properties: sales, exception: frozen(now + 2 * day) },
      ],
      { policy },
    );

    expect(decisions.map(({ operation }) => operation !== undefined)).toEqual([true, false, true, false]);
    expect(decisions[2]).toBe(decisions[0]);
    expect(decisions[3]).not.toBe(decisions[1]);
  });

  it('are told apart by the seats that are left', () => {
    const outcomes = decideAll([{ seats: { EMS: 1 } }, { seats: { EMS: 0 } }], { policy });

    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['licensed', 'waiting']);
  });

  it('are told that they have no userType only where they have none', () => {
    const scoped = { ...policy, scope: property('userType', 'Member') };
    const of = (userType: string | null) => ({ properties: { userType, department: 'Sales' } });
    const codes = decideAll([of('Guest'), of(null), of('Guest')], { policy: scoped });

    expect(codes.map(({ reasons }) => reasons[0]?.code)).toEqual([
      'scope/outside',
      'scope/no-user-type',
      'scope/outside',
    ]);
  });

  it('are looked at again on their own dates', () => {
    const dated = {
      ...policy,
      rules: [
        aRule('begun', { when: read('user.employeeHireDate -le system.now'), assign: [aGrant('EMS')] }),
      ],
    };
    const on = (days: number) => ({
      properties: { accountEnabled: true, employeeHireDate: new Date(now + days * day).toISOString() },
    });
    const dates = decideAll([on(-5), on(3), on(-9), on(8)], { policy: dated });

    expect(dates.map(({ lookAgainAt }) => lookAgainAt)).toEqual([
      null,
      now + 3 * day + 1,
      null,
      now + 8 * day + 1,
    ]);
  });

  it('lose what is not granted any more at the time that is theirs', () => {
    const held = {
      direct: [direct('EMS')],
      ledger: [ours('EMS')],
      properties: { accountEnabled: true, department: 'HR' },
    };
    const ends = decideAll([held, { ...held, at: now + day }], { policy });

    expect(ends.map(({ lookAgainAt }) => lookAgainAt)).toEqual([now + 30 * day, now + 31 * day]);
  });

  it('are decided anew by another policy', () => {
    const other = {
      ...policy,
      rules: [aRule('sales', { when: department('Sales'), assign: [aGrant('SPE_E3')] })],
    };
    const gains = decideAll([{ policy }, { policy: other }, { policy }]);

    expect(gains.map(({ operation }) => operation?.add.length)).toEqual([1, 1, 1]);
    expect(gains[2]).toBe(gains[0]);
    expect(gains[1]?.operation?.add).not.toEqual(gains[0]?.operation?.add);
  });
});
