import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { entitle } from '../../../../shared/licensing/entitlement/entitlement';
import type { Policy, PolicyRule } from '../../../../shared/policy/policy';
import { findingsOf, nameOf, operationOf, planNameOf, verdictOf } from '../support/say';
import type { PlanName } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  always,
  anInput,
  day,
  direct,
  disable,
  enable,
  now,
  ours,
  otherPlans,
  plan,
  plans,
  salesperson,
  sku,
  tenant,
  userPlansOf,
} from '../support/tenant';

const context = { now, absent: 'null', knownPlans: new Map() } as const;

/** `SKU: plans off` for each SKU that the policy wants. */
function entitlementOf(
  rules: readonly PolicyRule[],
  changes: Partial<Policy> = {},
): Record<string, string[]> {
  const policy = aPolicy({ rules, ...changes });
  const skus = entitle(policy, salesperson, { transitive: [] }, tenant, context);
  return Object.fromEntries(skus.map((one) => [nameOf(one.skuId), one.disabledPlans.map(planNameOf).sort()]));
}

const ems = (name: string, ...off: PlanName[]) =>
  aRule(name, { assign: [aGrant('EMS', { plans: disable(...off) })] });

describe('the plans of a SKU', () => {
  it.each<[string, PolicyRule[], string[]]>([
    ['all on', [aRule('a', { assign: [aGrant('EMS')] })], []],
    ['a disable list', [ems('a', 'INTUNE_A', 'MFA_PREMIUM')], ['INTUNE_A', 'MFA_PREMIUM']],
    ['the union of two grants', [ems('a', 'INTUNE_A', 'MFA_PREMIUM'), ems('b', 'INTUNE_A')], ['INTUNE_A']],
    ['a plan on in one rule is on', [ems('a', 'INTUNE_A'), ems('b')], []],
    [
      'an enable list',
      [aRule('a', { assign: [aGrant('EMS', { plans: enable('INTUNE_A', 'AAD_PREMIUM') })] })],
      ['ADALLOM_S_DISCOVERY', 'MFA_PREMIUM', 'RMS_S_ENTERPRISE', 'RMS_S_PREMIUM'],
    ],
    ['without, against any grant', [ems('a'), ems('b'), aRule('c', { without: ['intune_a'] })], ['INTUNE_A']],
    [
      'a plan by its id',
      [aRule('a', { assign: [aGrant('EMS')], without: [plan('INTUNE_A')] })],
      ['INTUNE_A'],
    ],
    ['a Company plan is no choice of users', [ems('a', 'EXCHANGE_S_FOUNDATION', 'INTUNE_A')], ['INTUNE_A']],
    [
      'a false rule’s without does nothing',
      [ems('a'), aRule('c', { when: always(false), without: ['INTUNE_A'] })],
      [],
    ],
  ])('%s', (_, rules, expected) => {
    expect(entitlementOf(rules)).toEqual({ EMS: expected });
    expect(entitlementOf([...rules].reverse())).toEqual({ EMS: expected });
  });

  it('takes a plan away in every SKU that the policy gives, with without', () => {
    const rules = [
      aRule('a', { assign: [aGrant('SPE_E5'), aGrant('STANDARDPACK')] }),
      aRule('b', { without: ['YAMMER_ENTERPRISE'] }),
    ];

    expect(entitlementOf(rules)).toEqual({
      SPE_E5: ['YAMMER_ENTERPRISE'],
      STANDARDPACK: ['YAMMER_ENTERPRISE'],
    });
  });

  it('gives the best SKU of an exclusive group only', () => {
    const exclusive = [['SPE_E5', 'SPE_E3', 'SPE_F1']];
    const rules = ['SPE_F1', 'SPE_E3', 'EMS'].map((name) => aRule(name, { assign: [aGrant(name)] }));

    expect(entitlementOf(rules, { exclusive })).toEqual({ SPE_E3: [], EMS: [] });
  });

  it('takes the highest priority and all rules of a SKU', () => {
    const policy = aPolicy({
      rules: [
        aRule('b', { assign: [aGrant('EMS', { priority: 1 })] }),
        aRule('a', { assign: [aGrant('EMS', { priority: 7 })] }),
      ],
    });

    const entitled = entitle(policy, salesperson, { transitive: [] }, tenant, context);

    expect(entitled).toEqual([{ skuId: sku('EMS'), disabledPlans: [], rules: ['a', 'b'], priority: 7 }]);
  });
});

describe('plans that are newer than the policy', () => {
  const known = new Map([[sku('EMS'), new Set(otherPlans('EMS', 'INTUNE_A'))]]);
  const input = (newPlans: 'on' | 'off' | 'hold', changes: Parameters<typeof anInput>[0] = {}) =>
    anInput({
      policy: aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS', { newPlans })] })] }),
      knownPlans: known,
      ...changes,
    });

  it.each([
    ['on', '+EMS', []],
    ['off', '+EMS(-INTUNE_A)', []],
    ['hold', '+EMS(-INTUNE_A)', ['plans/new-held']],
  ] as const)('a first grant with newPlans %s: %s', (newPlans, operation, findings) => {
    const decision = decide(input(newPlans));

    expect(operationOf(decision)).toBe(operation);
    expect(findingsOf(decision)).toEqual(findings);
  });

  it.each([
    ['on, while it is on', 'on', [], ''],
    ['off, while it is on', 'off', [], '~EMS(-INTUNE_A)'],
    ['hold, while it is on', 'hold', [], ''],
    ['hold, while it is off', 'hold', ['INTUNE_A'], ''],
  ] as const)('our license: %s', (_, newPlans, off, operation) => {
    const ledger = [ours('EMS', { disabledByUs: plans(...off) })];

    const decision = decide(input(newPlans, { direct: [direct('EMS', ...off)], ledger }));

    expect(operationOf(decision, ['EMS'])).toBe(operation);
  });

  it('one rule that lets new plans on is enough', () => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('EMS', { newPlans: 'off' })] }),
        aRule('b', { assign: [aGrant('EMS', { newPlans: 'on' })] }),
      ],
    });

    expect(operationOf(decide(anInput({ policy, knownPlans: known })))).toBe('+EMS');
  });

  it('a SKU whose plans were never recorded has no new plans', () => {
    expect(operationOf(decide(input('off', { knownPlans: new Map() })))).toBe('+EMS');
  });
});

describe('what the tenant does not have', () => {
  it('is blocked with a reason, and stops nothing else', () => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('SPE_E9'), aGrant('EMS', { plans: disable('INTUNE_Z') })] }),
        aRule('b', { assign: [aGrant('POWER_BI_PRO', { fallback: ['NO_SUCH'] })] }),
      ],
      exclusive: [['SPE_E9', 'EMS']],
      adopt: ['SPE_E9'],
    });

    const decision = decide(anInput({ policy }));

    expect(decision.outcome).toBe('blocked');
    // What rule "a" wants off in EMS is not known: a new license might switch it on.
    expect(operationOf(decision)).toBe('+POWER_BI_PRO');
    expect(verdictOf(decision, 'EMS')).toBe('blocked policy/unknown-plan');
    expect(decision.reasons[0]?.text).toBe(
      'Rule "a" names the SKU SPE_E9, which this tenant does not have. Buy it, or correct the name in the policy ("licenser sku list" shows the tenant\'s SKUs).',
    );
    expect(findingsOf(decision)).toEqual(['policy/unknown-plan', 'policy/unknown-sku']);
  });

  it('says nothing of rules that do not apply to the user', () => {
    const policy = aPolicy({ rules: [aRule('a', { when: always(false), assign: [aGrant('SPE_E9')] })] });

    const decision = decide(anInput({ policy }));

    expect(decision.outcome).toBe('nothing');
    expect(decision.findings).toEqual([]);
  });
});

describe('a policy that leaves no plan on', () => {
  it('spends no seat on it', () => {
    const policy = aPolicy({
      rules: [ems('a', ...userPlansOf('EMS'))],
      removal: { mode: 'remove', graceMs: day },
    });

    const decision = decide(anInput({ policy }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'EMS')).toBe('blocked plans/all-off');
  });
});
