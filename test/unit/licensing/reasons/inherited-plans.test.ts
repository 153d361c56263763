import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import type { Grant } from '../../../../shared/policy/policy';
import type { PolicyRule } from '../../../../shared/policy/policy';
import { findingsOf, outcomeOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  disable,
  enable,
  inherited,
  ours,
  planIds,
  userPlansOf,
} from '../support/tenant';
import type { PlanName, Situation, SkuName } from '../support/tenant';

const policyOf = (grants: readonly Grant[], more: Partial<PolicyRule> = {}) =>
  aPolicy({ rules: [aRule('rule', { assign: grants, ...more })] });
const others = (name: SkuName, ...on: PlanName[]) => userPlansOf(name).filter((plan) => !on.includes(plan));

describe('a license from a group in which a plan is on that the policy wants off', () => {
  it.each<[string, SkuName, readonly PlanName[], Situation]>([
    [
      'one plan',
      'EMS',
      ['INTUNE_A'],
      { policy: policyOf([aGrant('EMS', { plans: disable('INTUNE_A') })]), inherited: [inherited('EMS')] },
    ],
    [
      'two plans',
      'EMS',
      ['INTUNE_A', 'MFA_PREMIUM'],
      {
        policy: policyOf([aGrant('EMS', { plans: disable('MFA_PREMIUM', 'INTUNE_A') })]),
        inherited: [inherited('EMS')],
      },
    ],
    [
      'two plans, of which the group has one off',
      'EMS',
      ['MFA_PREMIUM'],
      {
        policy: policyOf([aGrant('EMS', { plans: disable('MFA_PREMIUM', 'INTUNE_A') })]),
        inherited: [inherited('EMS', 'INTUNE_A')],
      },
    ],
    [
      'a plan by its id',
      'EMS',
      ['INTUNE_A'],
      {
        policy: policyOf([aGrant('EMS', { plans: disable(planIds.INTUNE_A) })]),
        inherited: [inherited('EMS')],
      },
    ],
    [
      'a plan of another SKU',
      'SPE_E5',
      ['MCOEV'],
      { policy: policyOf([aGrant('SPE_E5', { plans: disable('MCOEV') })]), inherited: [inherited('SPE_E5')] },
    ],
    [
      'a plan under "without"',
      'SPE_E3',
      ['TEAMS1'],
      { policy: policyOf([aGrant('SPE_E3')], { without: ['TEAMS1'] }), inherited: [inherited('SPE_E3')] },
    ],
    [
      'all but those of an enable list',
      'STANDARDPACK',
      others('STANDARDPACK', 'TEAMS1'),
      {
        policy: policyOf([aGrant('STANDARDPACK', { plans: enable('TEAMS1') })]),
        inherited: [inherited('STANDARDPACK')],
      },
    ],
    [
      'a plan that one of two groups has on',
      'EMS',
      ['INTUNE_A'],
      {
        policy: policyOf([aGrant('EMS', { plans: disable('INTUNE_A') })]),
        inherited: [inherited('EMS', 'INTUNE_A'), inherited('EMS')],
      },
    ],
    [
      'a SKU that the policy names by its id',
      'SPE_F1',
      ['SHAREPOINTDESKLESS'],
      {
        policy: policyOf([
          aGrant('66b55226-6b4f-492c-910c-a3b7a3c9d993', { plans: disable('SHAREPOINTDESKLESS') }),
        ]),
        inherited: [inherited('SPE_F1')],
      },
    ],
    [
      'beside a SKU that is right',
      'EMS',
      ['INTUNE_A'],
      {
        policy: policyOf([aGrant('EMS', { plans: disable('INTUNE_A') }), aGrant('SPE_E3')]),
        inherited: [inherited('EMS'), inherited('SPE_E3')],
      },
    ],
  ])('says so at the top: %s', (_what, name, plans, situation) => {
    const decision = decide(anInput(situation));

    const said = outcomeOf(decision, name);
    expect(said).toMatchObject({ outcome: 'nothing', reason: { code: 'plans/inherited-on' } });
    expect(said?.reason.text).toContain(`wants ${[...plans].sort().join(', ')} off in ${name}`);
    expect(said?.reason.text).toContain('in the license of that group');
    expect(findingsOf(decision)).toContain('plans/inherited-on');
    // It is the group's to change: nothing is written.
    expect(decision.operation).toBeUndefined();
  });

  it('is not said where the group has it off', () => {
    const policy = policyOf([aGrant('EMS', { plans: disable('INTUNE_A') })]);
    const decision = decide(anInput({ policy, inherited: [inherited('EMS', 'INTUNE_A')] }));

    expect(outcomeOf(decision, 'EMS')?.reason.code).toBe('license/inherited');
    expect(findingsOf(decision)).not.toContain('plans/inherited-on');
  });

  it('is a finding beside a license of our own, which is right', () => {
    const policy = policyOf([aGrant('EMS', { plans: disable('INTUNE_A') })]);
    const decision = decide(
      anInput({
        policy,
        inherited: [inherited('EMS')],
        direct: [direct('EMS', 'INTUNE_A')],
        ledger: [ours('EMS', { disabledByUs: [planIds.INTUNE_A as never] })],
      }),
    );

    expect(findingsOf(decision)).toContain('plans/inherited-on');
    expect(decision.operation).toBeUndefined();
  });
});
