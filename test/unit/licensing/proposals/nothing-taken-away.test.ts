import { describe, expect, it } from '@jest/globals';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { decide } from '../../../../shared/licensing/decide';
import type { Policy } from '../../../../shared/policy/policy';
import { operationOf, verdictOf } from '../support/say';
import type { Truth } from '../../../../shared/policy/condition';
import type { Situation, SkuName } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  always,
  anInput,
  day,
  department,
  direct,
  enable,
  inherited,
  now,
  ours,
  plans,
  sku,
  tenant,
  tenantWith,
  userPlansOf,
} from '../support/tenant';

const atOnce = { removal: { mode: 'remove', graceMs: 0 } } as const;
const longAgo = { notEntitledSince: now - 90 * day };
const granting = (reference: string, changes: Partial<Policy> = {}) =>
  aPolicy({ rules: [aRule('rule', { assign: [aGrant(reference)] })], ...atOnce, ...changes });
const ems = { direct: [direct('EMS')], ledger: [ours('EMS', longAgo)] };

/** A rule of the other SKU of an exclusive group. */
const replacing = (other: SkuName, truth: Truth) =>
  aPolicy({
    ...atOnce,
    exclusive: [['SPE_E5', 'SPE_E3']],
    rules: [aRule('other', { when: always(truth), assign: [aGrant(other)] })],
  });

const undecidedE5 = replacing('SPE_E5', 'undecided');
const oursOf = (...names: SkuName[]) => ({
  direct: names.map((name) => direct(name)),
  ledger: names.map((name) => ours(name, longAgo)),
});

/** Inputs that are wrong, late or incomplete, each of which could cost a user a license if it were believed. */
describe('nothing is taken away', () => {
  it.each<[string, Policy, Situation]>([
    ['when the tenant’s SKUs could not be read', granting('EMS'), { ...ems, catalogue: makeCatalogue([]) }],
    [
      'when a SKU is missing from what was read',
      granting('EMS'),
      { ...ems, catalogue: tenantWith({ EMS: null }) },
    ],
    ['when the policy misspells the SKU', granting('EMSS'), ems],
    ...(['SPE_E3', 'SPE_E5'] as const).map((name): [string, Policy, Situation] => [
      `of an exclusive group, while the rule of its other SKU is undecided: ${name}`,
      replacing(name === 'SPE_E3' ? 'SPE_E5' : 'SPE_E3', 'undecided'),
      { direct: [direct(name)], ledger: [ours(name, longAgo)] },
    ]),
    [
      'of an exclusive group whose third SKU is undecided, when both others are ours',
      { ...undecidedE5, exclusive: [['SPE_E5', 'SPE_E3', 'EMS']] },
      oursOf('SPE_E3', 'EMS'),
    ],
    [
      'of an exclusive group whose other SKU is held and not in effect',
      { ...undecidedE5, exclusive: [['SPE_E5', 'SPE_E3', 'EMS']] },
      { ...oursOf('SPE_E3'), direct: [direct('SPE_E3'), { ...direct('EMS'), state: 'Error' }] },
    ],
    [
      'of one exclusive group, when a person gave a SKU of another one',
      {
        ...undecidedE5,
        exclusive: [
          ['SPE_E5', 'SPE_E3'],
          ['SPE_E3', 'EMS'],
        ],
      },
      { ...oursOf('SPE_E3'), direct: [direct('SPE_E3'), direct('EMS')] },
    ],
    [
      'when it misspells a fallback',
      aPolicy({
        ...atOnce,
        rules: [aRule('rule', { assign: [aGrant('POWER_BI_PRO', { fallback: ['EMSS'] })] })],
      }),
      {
        direct: [direct('EMS'), direct('POWER_BI_PRO')],
        ledger: [ours('EMS', longAgo), ours('POWER_BI_PRO')],
      },
    ],
    [
      'when a rule that may match misspells it',
      aPolicy({ ...atOnce, rules: [aRule('rule', { when: always('undecided'), assign: [aGrant('EMSS')] })] }),
      ems,
    ],
    ['when no property of the user was read', granting('EMS'), { ...ems, properties: {} }],
    [
      'when the memberships were not read',
      aPolicy({ ...atOnce, rules: [aRule('rule', { memberOf: ['SG'], assign: [aGrant('EMS')] })] }),
      { ...ems, memberships: { transitive: undefined } },
    ],
    [
      'of a license that is not in the ledger',
      aPolicy({ ...atOnce, adopt: ['EMS'] }),
      { direct: [direct('EMS')], ledger: [] },
    ],
    [
      'of a license that only a group gives',
      aPolicy(atOnce),
      { inherited: [inherited('EMS')], ledger: [ours('EMS', longAgo)] },
    ],
    ['on the first look', aPolicy(atOnce), { direct: [direct('EMS')], ledger: [ours('EMS')] }],
    [
      'when the user was deleted',
      aPolicy(atOnce),
      { ...ems, deleted: true, properties: { accountEnabled: false } },
    ],
    [
      'when an enable list misspells a plan',
      aPolicy({
        rules: [aRule('rule', { assign: [aGrant('EMS', { plans: enable('INTUNE_A', 'MFA_PREMIUMM') })] })],
      }),
      { direct: [direct('EMS')], ledger: [ours('EMS')] },
    ],
    [
      'when an enable list misspells all plans',
      aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS', { plans: enable('INTUNE') })] })] }),
      { direct: [direct('EMS')], ledger: [ours('EMS')] },
    ],
    [
      'when an enable list is empty',
      aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS', { plans: enable() })] })] }),
      { direct: [direct('EMS')], ledger: [ours('EMS')] },
    ],
    [
      'when every plan would be off by rules together',
      aPolicy({
        rules: [aRule('rule', { assign: [aGrant('EMS')] }), aRule('other', { without: userPlansOf('EMS') })],
      }),
      { direct: [direct('EMS')], ledger: [ours('EMS')] },
    ],
    [
      'when the record of known plans is empty',
      aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS', { newPlans: 'off' })] })] }),
      {
        direct: [direct('EMS')],
        ledger: [ours('EMS')],
        knownPlans: new Map([[tenant.skus[0]!.skuId, new Set()]]),
      },
    ],
    [
      'from a user who waits for something better',
      granting('SPE_E5', { exclusive: [['SPE_E5', 'SPE_E3']] }),
      { direct: [direct('SPE_E3')], ledger: [ours('SPE_E3', longAgo)], seats: { SPE_E5: 0 } },
    ],
    [
      'when the license below could not be assigned for want of a usage location',
      granting('SPE_E3', { exclusive: [['SPE_E5', 'SPE_E3']], usageLocation: null }),
      { direct: [direct('SPE_E5')], ledger: [ours('SPE_E5', longAgo)], usageLocation: null },
    ],
    [
      'when the license below cannot be held beside another',
      granting('SPE_E3', { exclusive: [['SPE_F1', 'SPE_E3']] }),
      {
        direct: [direct('SPE_F1', 'SHAREPOINTDESKLESS'), direct('STANDARDPACK')],
        ledger: [ours('SPE_F1', longAgo)],
      },
    ],
  ])('%s', (_, policy, situation) => {
    const decision = decide(anInput({ policy, ...situation }));
    const before = new Map((situation.direct ?? []).map((one) => [one.skuId, new Set(one.disabledPlans)]));

    expect(decision.operation?.remove ?? []).toEqual([]);
    for (const { skuId, disabledPlans } of decision.operation?.add ?? []) {
      const off = before.get(skuId);
      if (off !== undefined) expect(disabledPlans.filter((plan) => !off.has(plan))).toEqual([]);
    }
  });

  it('says why it stays when the policy misspells a SKU', () => {
    const decision = decide(anInput({ policy: granting('EMSS'), ...ems }));

    expect(decision.outcome).toBe('blocked');
    expect(verdictOf(decision, 'EMS')).toBe('nothing removal/unsure');
    expect(decision.ledger).toEqual([ours('EMS', longAgo)]);
  });

  it('a misspelt plan of an enable list still gives a new user what is named', () => {
    const grant = aGrant('EMS', { plans: enable('INTUNE_A', 'MFA_PREMIUMM') });
    const policy = aPolicy({ rules: [aRule('rule', { assign: [grant] })] });

    const decision = decide(anInput({ policy }));

    expect(operationOf(decision)).toBe(
      '+EMS(-AAD_PREMIUM -ADALLOM_S_DISCOVERY -MFA_PREMIUM -RMS_S_ENTERPRISE -RMS_S_PREMIUM)',
    );
    expect(decision.findings.map((one) => one.code)).toEqual(['policy/unknown-plan']);
  });

  it.each<[string, Policy, Situation]>([
    ['the rule of the other SKU is decided', replacing('SPE_E3', false), {}],
    ['a group gives the other SKU', replacing('SPE_E3', 'undecided'), { inherited: [inherited('SPE_E3')] }],
    [
      'a person gave the other SKU',
      replacing('SPE_E3', 'undecided'),
      { direct: [direct('SPE_E5'), direct('SPE_E3')] },
    ],
    ['a group gives the same SKU', replacing('SPE_E3', 'undecided'), { inherited: [inherited('SPE_E5')] }],
    [
      'a rule gives the third SKU',
      {
        ...replacing('SPE_E3', 'undecided'),
        exclusive: [['SPE_E5', 'SPE_E3', 'EMS']],
        rules: [...replacing('SPE_E3', 'undecided').rules, aRule('third', { assign: [aGrant('EMS')] })],
      },
      {
        direct: [direct('SPE_E5'), direct('EMS')],
        ledger: [ours('SPE_E5', longAgo), ours('EMS')],
      },
    ],
    [
      'an exception gives the third SKU',
      { ...replacing('SPE_E3', 'undecided'), exclusive: [['SPE_E5', 'SPE_E3', 'EMS']] },
      {
        direct: [direct('SPE_E5'), direct('EMS')],
        ledger: [ours('SPE_E5', longAgo), ours('EMS', { byPin: true })],
        exception: {
          ...{ skus: [{ skuId: sku('EMS'), disabledPlans: [] }], until: null },
          ...{ why: 'a test', by: 'ops', at: 0 },
        },
      },
    ],
  ])('what is left of an exclusive group goes where %s', (_what, policy, others) => {
    const given = { direct: [direct('SPE_E5')], ledger: [ours('SPE_E5', longAgo)], ...others };

    expect(operationOf(decide(anInput({ policy, ...given })))).toBe('-SPE_E5');
  });

  it('a look that finds the user entitled starts the count anew', () => {
    const policy = aPolicy({
      ...atOnce,
      rules: [aRule('rule', { when: department('Sales'), assign: [aGrant('EMS')] })],
    });
    const held = { policy, direct: [direct('EMS', 'INTUNE_A')] };
    const away = { accountEnabled: true, department: 'Legal' };
    const ledger = [ours('EMS', { disabledByUs: plans('INTUNE_A') })];

    const first = decide(anInput({ ...held, ledger, properties: away, now }));
    const second = decide(
      anInput({ ...held, direct: [direct('EMS')], ledger: first.ledger, now: now + day }),
    );
    const third = decide(anInput({ ...held, ledger: second.ledger, properties: away, now: now + 2 * day }));

    expect([first, second, third].map((one) => one.operation?.remove ?? [])).toEqual([[], [], []]);
    expect(third.outcome).toBe('grace');
  });
});
