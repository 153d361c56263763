import { expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import { ems, makePipelineWorld } from '../../../support/pipeline-world';

// https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const powerBi = toSkuId('f8a1db68-be16-40ed-86d5-cb42ce701560');
const policyText = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS }
      - { sku: POWER_BI_PRO }
`;

it('of two SKUs in one call only the one is full that Graph names: the other is given, and its seats stay', async () => {
  const t = makePipelineWorld();
  t.world.policyText = policyText;
  t.world.moreSkus = [
    {
      ...{ skuId: powerBi, skuPartNumber: 'POWER_BI_PRO', appliesTo: 'User', capabilityStatus: 'Enabled' },
      ...{ enabledUnits: 100, consumedUnits: 0 },
      servicePlans: [
        {
          servicePlanId: toServicePlanId('70d33638-9c74-4d01-bfd3-562de28bd4ba'),
          ...{ servicePlanName: 'BI_AZURE_P2', appliesTo: 'User', provisioningStatus: 'Success' },
        },
      ],
    },
  ];
  t.world.beforeWrite = async ({ add }) => {
    if (!add.some(({ skuId }) => skuId === powerBi)) return;
    throw new GraphError('seats', `No seat of ${powerBi} is left`, { status: 400, ids: [powerBi] });
  };

  await t.decide();
  await t.step();

  expect(t.world.user.assignments.map(({ skuId }) => skuId)).toEqual([ems]);
  expect(t.waiting.entries().map(({ skuId }) => skuId)).toEqual([powerBi]);
  expect((await t.waiting.service(powerBi)).refusedUntil).toBeGreaterThan(t.now());
  expect((await t.waiting.service(ems)).refusedUntil).toBeNull();
});
