import { describe, expect, it } from '@jest/globals';
import { checkPolicy } from '../../../shared/policy/check-policy';
import type { ServicePlanConflicts } from '../../../shared/policy/checks/policy-catalogue';
import {
  archive,
  codesOf,
  exchangeEnterprise,
  exchangeStandard,
  policyOf,
  rule,
  skus,
} from './support/small-tenant';

const knowledge: ServicePlanConflicts = {
  conflicts: [[exchangeStandard.servicePlanId, exchangeEnterprise.servicePlanId]],
  dependencies: [
    {
      plan: archive.servicePlanId,
      anyOf: [exchangeStandard.servicePlanId, exchangeEnterprise.servicePlanId],
    },
  ],
};

describe('against a tenant', () => {
  const check = (rules: string, more = '') =>
    checkPolicy(policyOf(rules, more), { skus, servicePlanConflicts: knowledge }).problems;

  it('says whether names were checked', () => {
    const text = policyOf(rule('a', null, 'assign: [{ sku: NOPE }]'));

    expect(checkPolicy(text)).toMatchObject({ namesChecked: false, problems: [] });
    expect(checkPolicy(text, { skus })).toMatchObject({ namesChecked: true, policy: null });
  });

  it('refuses a name that two SKUs or two plans have, with their ids', () => {
    const [first] = skus;
    if (first === undefined) throw new Error('There are no SKUs');
    const [plan] = first.servicePlans;
    if (plan === undefined) throw new Error('The SKU has no plans');
    const other = '11111111-2222-4333-8444-555555555555';
    const text = policyOf(
      rule('a', null, `assign: [{ sku: ${first.skuPartNumber}, disable: [${plan.servicePlanName}] }]`),
    );
    const twoPlans = [
      { ...first, servicePlans: [plan, { ...plan, servicePlanId: other }] },
      ...skus.slice(1),
    ];

    expect(checkPolicy(text, { skus: [...skus, { ...first, skuId: other }] })).toMatchObject({
      policy: null,
      problems: [{ code: 'policy/ambiguous-sku', message: expect.stringContaining(other) }],
    });
    expect(checkPolicy(text, { skus: twoPlans })).toMatchObject({
      policy: null,
      problems: [{ code: 'policy/ambiguous-plan', message: expect.stringContaining(other) }],
    });
  });

  it.each([
    [
      'the first fallback',
      'assign: [{ sku: EMS, fallback: [SPE_E5, EXCHANGEARCHIVE] }], without: [EXCHANGE_S_ENTERPRISE]',
    ],
    [
      'another fallback',
      'assign: [{ sku: EMS, fallback: [EXCHANGEARCHIVE, SPE_E5] }], without: [EXCHANGE_S_ENTERPRISE]',
    ],
  ])('knows a plan in without that only %s has', (_what, rest) => {
    expect(check(rule('a', null, rest)).filter(({ code }) => code === 'policy/unknown-plan')).toEqual([]);
  });

  it.each([
    [
      'an unknown SKU',
      'assign: [{ sku: EXCHANGESTANDART }]',
      'policy/unknown-sku',
      'Did you mean EXCHANGESTANDARD?',
    ],
    [
      'an unknown fallback',
      'assign: [{ sku: EMS, fallback: [SPE_E6] }]',
      'policy/unknown-sku',
      'Did you mean SPE_E5?',
    ],
    [
      'an unknown plan',
      'assign: [{ sku: EMS, disable: [INTUNE_B] }]',
      'policy/unknown-plan',
      'Did you mean INTUNE_A?',
    ],
    [
      'a plan of another SKU',
      'assign: [{ sku: EMS, disable: [EXCHANGE_S_ARCHIVE] }]',
      'policy/unknown-plan',
      undefined,
    ],
    [
      'an unknown plan in without',
      'assign: [{ sku: EMS }], without: [YAMMER]',
      'policy/unknown-plan',
      undefined,
    ],
    ['a SKU of the organization', 'assign: [{ sku: WINDOWS_STORE }]', 'policy/company-sku', undefined],
    [
      'a plan of the organization',
      'assign: [{ sku: EMS, disable: [EXCHANGE_S_FOUNDATION] }]',
      'policy/company-plan',
      undefined,
    ],
    [
      'every plan off',
      'assign: [{ sku: EMS, disable: [INTUNE_A, AAD_PREMIUM] }]',
      'policy/every-plan-off',
      undefined,
    ],
    [
      'every plan off by without',
      'assign: [{ sku: EMS, enable: [INTUNE_A] }], without: [INTUNE_A]',
      'policy/every-plan-off',
      undefined,
    ],
    [
      'plans in conflict',
      'assign: [{ sku: EXCHANGESTANDARD }, { sku: SPE_E5 }]',
      'policy/plan-conflict',
      undefined,
    ],
    [
      'a prerequisite that is missing',
      'assign: [{ sku: EXCHANGEARCHIVE }]',
      'policy/plan-prerequisite',
      undefined,
    ],
    [
      'a suspended subscription',
      'assign: [{ sku: SPE_F1 }, { sku: SPE_E5 }]',
      'policy/sku-status',
      undefined,
    ],
  ])('finds %s', (_what, rest, code, hint) => {
    const found = check(rule('a', null, rest)).find((problem) => problem.code === code);

    expect(found).toBeDefined();
    if (hint !== undefined) expect(found?.hint).toContain(hint);
  });

  it('sees one SKU behind a name and an id', () => {
    const grant = 'assign: [{ sku: EMS, fallback: [efccb6f7-5641-4e0e-bd10-b4976e1bf68e] }]';

    expect(codesOf(policyOf(rule('a', null, grant)), { skus })).toEqual(['policy/fallback-to-itself']);
  });

  it('takes names in any case, and ids', () => {
    expect(
      check(
        rule(
          'a',
          null,
          'assign: [{ sku: ems, disable: [intune_a] }, { sku: 06EBC4EE-1bb5-47dd-8120-11324bc54e06 }]',
        ),
      ),
    ).toEqual([]);
  });

  it('looks for conflicts between rules that can meet only', () => {
    const rules = (a: string, b: string) =>
      `${rule('a', a, 'assign: [{ sku: EXCHANGESTANDARD }]')}\n${rule('b', b, 'assign: [{ sku: SPE_E5 }]')}`;
    const codes = (text: string) => check(text).map((problem) => problem.code);

    expect(codes(rules('user.city -eq "x"', 'user.department -eq "y"'))).toEqual(['policy/plan-conflict']);
    expect(codes(rules('user.city -eq "x"', 'user.city -eq "y"'))).toEqual([]);
  });
});
