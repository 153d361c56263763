import { describe, expect, it } from '@jest/globals';
import type { ServicePlanId, SkuId } from '../../../../shared/kernel/ids';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { judgeProvisioning } from '../../../../shared/licensing/service-plans/judge-provisioning';

const skuId = 'aaaaaaaa-0000-4000-8000-000000000001' as SkuId;
const plan = (letter: string) => `cccccccc-0000-4000-8000-00000000000${letter}` as ServicePlanId;
const [a, b, company] = [plan('a'), plan('b'), plan('c')];

const catalogueWith = (statusOfA: string) =>
  makeCatalogue([
    {
      skuId,
      skuPartNumber: 'SUITE',
      appliesTo: 'User',
      capabilityStatus: 'Enabled',
      enabledUnits: 10,
      consumedUnits: 1,
      servicePlans: [
        { servicePlanId: a, servicePlanName: 'A', appliesTo: 'User', provisioningStatus: statusOfA },
        { servicePlanId: b, servicePlanName: 'B', appliesTo: 'User', provisioningStatus: 'Success' },
        { servicePlanId: company, servicePlanName: 'C', appliesTo: 'Company', provisioningStatus: 'Success' },
      ],
    },
  ]);
const details = (statusOfA: string, statusOfB: string, statusOfCompany = 'Success') => [
  {
    skuId,
    servicePlans: [
      { servicePlanId: a, provisioningStatus: statusOfA, appliesTo: 'User' as const },
      { servicePlanId: b, provisioningStatus: statusOfB, appliesTo: 'User' as const },
      { servicePlanId: company, provisioningStatus: statusOfCompany, appliesTo: 'Company' as const },
    ],
  },
];
const allOn = [{ skuId, disabledPlans: [] }];
const bOff = [{ skuId, disabledPlans: [b] }];

describe('judgeProvisioning', () => {
  it.each([
    ['all in service', allOn, details('Success', 'Success'), 'done', []],
    ['off as written', bOff, details('Success', 'Disabled'), 'done', []],
    [
      'a company plan that lags does not count',
      allOn,
      details('Success', 'Success', 'PendingInput'),
      'done',
      [],
    ],
    ['an admin must act', allOn, details('PendingActivation', 'Success'), 'done', []],
    ['its service has yet to confirm', allOn, details('Success', 'PendingInput'), 'awaiting', [b]],
    ['being provisioned', allOn, details('PendingProvisioning', 'Success'), 'pending', [a]],
    ['in error', allOn, details('Success', 'Error'), 'pending', [b]],
    ['on was written, off is shown', allOn, details('Success', 'Disabled'), 'pending', [b]],
    ['off was written, on is shown', bOff, details('Success', 'Success'), 'unclear', [b]],
    ['the SKU is not shown yet', allOn, [], 'pending', [a, b, company]],
    ['no license that is ours', [], details('Error', 'Error'), 'done', []],
    ['pending weighs more than awaiting', allOn, details('Error', 'PendingInput'), 'pending', [a, b]],
  ] as const)('%s', (_, written, held, kind, open) => {
    const verdict = judgeProvisioning(written, held, catalogueWith('Success'));

    expect({ kind: verdict.kind, open: verdict.open }).toEqual({ kind, open });
  });

  it('names what an admin must activate', () => {
    const verdict = judgeProvisioning(
      allOn,
      details('PendingActivation', 'Success'),
      catalogueWith('Success'),
    );

    expect(verdict.needsAdmin).toEqual([a]);
  });

  it('does not miss for one user what the whole tenant does not have', () => {
    const catalogue = catalogueWith('PendingProvisioning');

    expect(judgeProvisioning(allOn, details('PendingProvisioning', 'Success'), catalogue).kind).toBe('done');
    expect(judgeProvisioning(allOn, details('Error', 'Success'), catalogue).kind).toBe('pending');
  });

  it('lets a group’s license switch on what ours has off, and nothing else', () => {
    const held = details('Success', 'Success');
    const byGroup = new Map([[skuId, new Set([b])]]);

    expect(judgeProvisioning(bOff, held, catalogueWith('Success'), byGroup).kind).toBe('done');
    expect(judgeProvisioning(bOff, held, catalogueWith('Success'), new Map()).kind).toBe('pending');
  });

  it('takes from the tenant’s own SKU whether a plan is a user’s, not from the details', () => {
    const wrong = details('Error', 'Success').map((sku) => ({
      ...sku,
      servicePlans: sku.servicePlans.map((one) => ({ ...one, appliesTo: 'Company' as const })),
    }));

    const verdict = judgeProvisioning(allOn, wrong, catalogueWith('Success'));

    expect(verdict).toMatchObject({ kind: 'pending', open: [a] });
  });

  it('is never done when no plan of a SKU was looked at', () => {
    const verdict = judgeProvisioning(allOn, [{ skuId, servicePlans: [] }], catalogueWith('Success'));

    expect(verdict).toMatchObject({ kind: 'pending', open: [a, b] });
  });
});
