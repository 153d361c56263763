import { describe, expect, it } from '@jest/globals';
import { bindNames } from '../../../../shared/licensing/entitlement/bind-names';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { checkBoundNames } from '../../../../shared/ops/doctor/check-bound-names';
import { toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import type { Policy } from '../../../../shared/policy/policy';
import type { SubscribedSku } from '../../../../shared/words/sku';
import {
  aGrant,
  aPolicy,
  aRule,
  aSku,
  disable,
  enable,
  plan,
  sku,
  tenant,
} from '../../licensing/support/tenant';

const another = '639dec6b-bb19-468b-871c-c5c441c4b0cb';
const activated = (policy: Policy): Policy => ({ ...policy, bindings: bindNames(policy, tenant) });
const changed = (change: (ems: SubscribedSku) => readonly SubscribedSku[]) =>
  makeCatalogue(tenant.skus.flatMap((one) => (one.skuId === sku('EMS') ? change(one) : [one])));
/** A plan of EMS that is called so, too. */
const withPlan = (servicePlanName: string) =>
  changed((ems) => [
    {
      ...ems,
      servicePlans: [
        ...ems.servicePlans,
        {
          servicePlanId: toServicePlanId(another),
          servicePlanName,
          appliesTo: 'User',
          provisioningStatus: 'Success',
        },
      ],
    },
  ]);
const said = (policy: Policy, catalogue = tenant) =>
  checkBoundNames(activated(policy), catalogue).map(({ state, text }) => `${state}: ${text}`);

describe('a bound name that something else has, too', () => {
  it.each([
    [
      '"disable"',
      aPolicy({ rules: [aRule('r', { assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] })] }),
    ],
    [
      '"enable"',
      aPolicy({ rules: [aRule('r', { assign: [aGrant('EMS', { plans: enable('INTUNE_A') })] })] }),
    ],
    ['"without"', aPolicy({ rules: [aRule('r', { assign: [aGrant('EMS')], without: ['INTUNE_A'] })] })],
    [
      '"without" of another rule',
      aPolicy({ rules: [aRule('r', { assign: [aGrant('EMS')] }), aRule('s', { without: ['INTUNE_A'] })] }),
    ],
    [
      'the list of a SKU whose fallback it is of',
      aPolicy({
        rules: [
          aRule('r', { assign: [aGrant('SPE_E3', { plans: disable('INTUNE_A'), fallback: ['EMS'] })] }),
        ],
      }),
    ],
  ])('of a plan under %s: doctor says which one counts', (_, policy) => {
    expect(said(policy)).toEqual([]);
    expect(said(policy, withPlan('INTUNE_A'))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^warn: .*intune_a, which stands for ${plan('INTUNE_A')} in EMS; ${another} has that name too`,
        ),
      ),
    ]);
    expect(said(policy, withPlan('INTUNE_B'))).toEqual([]);
  });

  it.each([
    ['a grant', aPolicy({ rules: [aRule('r', { assign: [aGrant('EMS')] })] })],
    ['a fallback', aPolicy({ rules: [aRule('r', { assign: [aGrant('SPE_E3', { fallback: ['EMS'] })] })] })],
    [
      'an exclusive group',
      aPolicy({ exclusive: [['SPE_E3', 'EMS']], rules: [aRule('r', { assign: [aGrant('SPE_E3')] })] }),
    ],
    ['"adopt"', aPolicy({ adopt: ['EMS'], rules: [aRule('r', { assign: [aGrant('SPE_E3')] })] })],
  ])('of a SKU in %s: doctor says which one counts, in whatever order Graph lists them', (_, policy) => {
    const twin = aSku('EMS', { skuId: toSkuId(another) });
    for (const catalogue of [changed((ems) => [ems, twin]), changed((ems) => [twin, ems])]) {
      expect(said(policy, catalogue)).toEqual([
        expect.stringMatching(
          new RegExp(`^warn: .*ems, which stands for ${sku('EMS')}; ${another} has that name too`),
        ),
      ]);
    }
    expect(said(policy)).toEqual([]);
  });

  it('is called moved, not shared, when what it stood for is gone', () => {
    const policy = aPolicy({ rules: [aRule('r', { assign: [aGrant('EMS')] })] });
    const twin = aSku('EMS', { skuId: toSkuId(another) });

    const [finding, ...more] = said(
      policy,
      changed(() => [twin]),
    );

    expect(finding).toMatch(/^fail: .*which this tenant does not have/);
    expect(more).toEqual([]);
  });
});
