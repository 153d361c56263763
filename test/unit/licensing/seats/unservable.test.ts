import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { soughtSeats } from '../../../../shared/licensing/seats/sought-seats';
import type { Grant, Policy } from '../../../../shared/policy/policy';
import { nameOf, operationOf, outcomeOf, verdictOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  disable,
  inherited,
  ours,
  plan,
  planIds,
  sku,
} from '../support/tenant';
import type { Situation } from '../support/tenant';

const policyOf = (grants: readonly Grant[], more: Partial<Policy> = {}) =>
  aPolicy({ rules: [aRule('rule', { assign: grants })], ...more });
const emsByPolicy = policyOf([aGrant('EMS')]);
const noLocation: Situation = {
  policy: policyOf([aGrant('EMS')], { usageLocation: null }),
  usageLocation: null,
};

/** What the user is listed for. */
const listed = (situation: Situation) =>
  soughtSeats(decide(anInput(situation)).skus).map(({ skuId }) => nameOf(skuId));
const none = { EMS: 0 } as const;

describe('a user who could not be written with a seat either', () => {
  it.each<[string, string, Situation]>([
    ['no usage location', 'blocked usage-location/missing', { ...noLocation, seats: none }],
    [
      'a usage location that the app may not set',
      'blocked usage-location/license-only',
      {
        policy: emsByPolicy,
        usageLocation: null,
        permissions: 'license-only',
        seats: none,
      },
    ],
    [
      'a country that was not read',
      'blocked usage-location/undecided',
      {
        policy: policyOf([aGrant('EMS')], { usageLocation: { from: 'country', default: null } }),
        properties: { accountEnabled: true },
        usageLocation: null,
        seats: none,
      },
    ],
    [
      'a country that is none',
      'blocked usage-location/missing',
      {
        policy: policyOf([aGrant('EMS')], { usageLocation: { from: 'country', default: null } }),
        properties: { accountEnabled: true, country: 'Atlantis' },
        usageLocation: null,
        seats: none,
      },
    ],
    [
      'a plan of a group that excludes one',
      'blocked plans/conflict',
      {
        policy: policyOf([aGrant('EMS')]),
        inherited: [inherited('POWER_BI_PRO')],
        learntConflicts: { conflicts: [[plan('BI_AZURE_P2'), plan('INTUNE_A')]], dependencies: [] },
        seats: none,
      },
    ],
    [
      'a plan of a license by hand that excludes one',
      'blocked plans/conflict',
      {
        policy: policyOf([aGrant('EMS')]),
        direct: [direct('STANDARDPACK')],
        learntConflicts: { conflicts: [[plan('TEAMS1'), plan('MFA_PREMIUM')]], dependencies: [] },
        seats: none,
      },
    ],
    [
      'a plan without the one that it needs',
      'blocked plans/dependency',
      {
        policy: policyOf([aGrant('EMS')]),
        learntConflicts: {
          conflicts: [],
          dependencies: [{ plan: plan('INTUNE_A'), anyOf: [plan('TEAMS1')] }],
        },
        seats: none,
      },
    ],
    [
      'a guard that holds changes',
      'held guard/changes',
      {
        policy: policyOf([aGrant('EMS'), aGrant('POWER_BI_PRO')]),
        direct: [direct('POWER_BI_PRO')],
        ledger: [ours('POWER_BI_PRO')],
        hold: { reductions: null, changes: { code: 'guard/changes', text: 'Too many changes.' } },
        seats: none,
      },
    ],
    [
      'a SKU whose writes are paused',
      'blocked paused/apply',
      {
        policy: policyOf([aGrant('EMS')]),
        withheld: new Map([[sku('EMS'), { code: 'paused/apply', text: 'Paused.' }]]),
        seats: none,
      },
    ],
    [
      'a list of seats that only the waiting list gives',
      'blocked usage-location/missing',
      {
        ...noLocation,
        listOnly: ['EMS'],
      },
    ],
  ])('is not listed for one: %s', (_case, verdict, situation) => {
    const decision = decide(anInput(situation));

    expect(verdictOf(decision, 'EMS')).toBe(verdict);
    expect(decision.outcome).toBe(verdict.split(' ')[0]);
    expect(listed(situation)).toEqual([]);
  });

  it('is told all of it, what is to be solved first on top', () => {
    const [reason] = decide(anInput({ ...noLocation, seats: none })).reasons;

    expect(reason?.text).toMatch(/no usage location.*After that: No seat of EMS is free/s);
  });

  it('is listed when that is solved', () => {
    expect(listed({ ...noLocation, usageLocation: 'NL', seats: none })).toEqual(['EMS']);
  });
});

describe('who could be written', () => {
  it('is listed, as before', () => {
    expect(verdictOf(decide(anInput({ policy: emsByPolicy, seats: none })), 'EMS')).toBe(
      'waiting seats/exhausted',
    );
    expect(listed({ policy: emsByPolicy, seats: none })).toEqual(['EMS']);
  });

  it('is listed with a usage location that the write sets', () => {
    expect(listed({ policy: emsByPolicy, usageLocation: null, seats: none })).toEqual(['EMS']);
  });

  it('waits for the SKU alone that can be had, and not for the one with a conflict', () => {
    const situation: Situation = {
      policy: policyOf([aGrant('EMS', { priority: 1 }), aGrant('POWER_BI_PRO')]),
      inherited: [inherited('STANDARDPACK')],
      learntConflicts: { conflicts: [[plan('TEAMS1'), plan('MFA_PREMIUM')]], dependencies: [] },
      seats: { EMS: 0, POWER_BI_PRO: 0 },
    };

    expect(listed(situation)).toEqual(['POWER_BI_PRO']);
    expect(decide(anInput(situation)).outcome).toBe('blocked');
  });

  it('does not wait for a fallback that could not be written', () => {
    const situation: Situation = {
      policy: policyOf([aGrant('SPE_E5', { fallback: ['EMS'] })]),
      inherited: [inherited('STANDARDPACK', 'YAMMER_ENTERPRISE')],
      learntConflicts: { conflicts: [[plan('EXCHANGE_S_STANDARD'), plan('MFA_PREMIUM')]], dependencies: [] },
      seats: { EMS: 0, SPE_E5: 0 },
    };

    expect(listed(situation)).toEqual(['SPE_E5']);
  });

  it('gets the fallback that there is while the SKU itself is out of reach', () => {
    const decision = decide(
      anInput({
        policy: policyOf([
          aGrant('SPE_E5', { fallback: ['EMS'], plans: disable(...Object.keys(planIds).slice(0, 1)) }),
        ]),
        seats: { SPE_E5: 0 },
      }),
    );

    expect(operationOf(decision)).toBe('+EMS(-INTUNE_A)');
    expect(outcomeOf(decision, 'SPE_E5')).toMatchObject({ outcome: 'waiting', fallback: sku('EMS') });
  });

  it('does not lose a license while it waits for a better one that a conflict keeps away', () => {
    const situation: Situation = {
      policy: policyOf([aGrant('SPE_E5')], { exclusive: [['SPE_E5', 'SPE_E3']] }),
      direct: [direct('SPE_E3')],
      ledger: [ours('SPE_E3')],
      learntConflicts: {
        conflicts: [],
        dependencies: [{ plan: plan('MCOEV'), anyOf: [plan('BI_AZURE_P2')] }],
      },
      seats: { SPE_E5: 0 },
    };
    const decision = decide(anInput(situation));

    expect(operationOf(decision)).toBe('');
    expect(listed(situation)).toEqual([]);
    expect(verdictOf(decision, 'SPE_E5')).toBe('blocked plans/dependency');
  });
});
