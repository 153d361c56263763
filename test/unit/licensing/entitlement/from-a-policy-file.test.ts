import { describe, expect, it } from '@jest/globals';
import type { GroupId } from '../../../../shared/kernel/ids';
import { decide } from '../../../../shared/licensing/decide';
import { entitle } from '../../../../shared/licensing/entitlement/entitlement';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import { nameOf, operationOf, planNameOf, verdictOf } from '../support/say';
import type { Situation } from '../support/tenant';
import { anInput, day, direct, now, ours, tenant } from '../support/tenant';

const text = `
version: 1
scope:
  when: 'user.userType -eq "Member" -and user.accountEnabled -eq true'
usageLocation: { from: country, default: NL }
exclusive:
  - [SPE_E5, SPE_E3, SPE_F1]
rules:
  - name: staff-ems-without-intune
    when: 'user.department -eq "Sales" -or user.department -eq "Finance"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
  - name: engineers
    memberOf: [SG-Engineering]
    assign:
      - { sku: SPE_E5, fallback: [SPE_E3], priority: 10, newPlans: off }
    without: [YAMMER_ENTERPRISE]
adopt: [EMS]
removal: { mode: remove, grace: 30d }
guards: { maxReductions: { count: 25, percent: 2 }, maxChanges: { percent: 20 } }
`;

function thePolicy() {
  const { policy, problems } = loadPolicy(text);
  if (policy === null) throw new Error(problems.map((one) => one.message).join('\n'));
  return policy;
}

const policy = thePolicy();
const user = { userType: 'Member', accountEnabled: true, department: 'sales', country: 'Netherlands' };
const engineering = {
  transitive: [{ id: '11111111-2222-4333-8444-555555555555' as GroupId, displayName: 'SG-Engineering' }],
};

describe('a policy file, from its text to one call', () => {
  it.each<[string, Situation, string, string]>([
    ['a salesperson', {}, '+EMS(-INTUNE_A)', 'licensed'],
    [
      'an engineer in sales',
      { memberships: engineering },
      '+EMS(-INTUNE_A) +SPE_E5(-YAMMER_ENTERPRISE)',
      'licensed',
    ],
    [
      'an engineer without a seat',
      { memberships: engineering, properties: { ...user, department: null }, seats: { SPE_E5: 0 } },
      '+SPE_E3(-YAMMER_ENTERPRISE)',
      'waiting',
    ],
    ['a guest', { properties: { ...user, userType: 'Guest' } }, '', 'outOfScope'],
    [
      'a salesperson who has EMS by hand',
      { direct: [direct('EMS', 'MFA_PREMIUM')] },
      '+EMS(-INTUNE_A -MFA_PREMIUM)',
      'licensed',
    ],
    [
      'a leaver after thirty days',
      {
        properties: { ...user, accountEnabled: false },
        direct: [direct('EMS')],
        ledger: [ours('EMS', { notEntitledSince: now - 30 * day })],
      },
      '-EMS',
      'outOfScope',
    ],
    [
      'a user whose department was not read',
      { properties: { userType: 'Member', accountEnabled: true } },
      '',
      'blocked',
    ],
  ])('%s', (_, situation, operation, outcome) => {
    const decision = decide(anInput({ policy, properties: user, ...situation }));

    expect(operationOf(decision)).toBe(operation);
    expect(decision.outcome).toBe(outcome);
  });

  it('takes nothing from a user whose memberships were not read', () => {
    const decision = decide(
      anInput({
        policy,
        properties: user,
        memberships: { transitive: undefined },
        direct: [direct('SPE_E5'), direct('EMS', 'INTUNE_A')],
        ledger: [ours('SPE_E5', { notEntitledSince: now - 90 * day })],
      }),
    );

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'SPE_E5')).toBe('nothing rule/undecided');
  });

  it('says what a user would have, for the policy’s own tests', () => {
    const skus = entitle(policy, { ...user, department: 'Finance' }, { transitive: [] }, tenant, {
      now,
      absent: 'null',
      knownPlans: new Map(),
    });

    expect(skus.map((one) => [nameOf(one.skuId), one.disabledPlans.map(planNameOf)])).toEqual([
      ['EMS', ['INTUNE_A']],
    ]);
  });
});
