import fc from 'fast-check';
import type { SubscribedSku } from '../../../../shared/words/sku';
import { planIdOf, planName, planNumber, skuIdOf, skuName } from './arbitrary-policy';

export type SkuShape = { plans: number[]; company: number; status: string; appliesTo: 'User' | 'Company' };

export const skuShape: fc.Arbitrary<SkuShape> = fc.record({
  plans: fc.uniqueArray(planNumber, { minLength: 1, maxLength: 5 }),
  company: fc.nat(8),
  status: fc.oneof(
    { weight: 14, arbitrary: fc.constant('Enabled') },
    fc.constantFrom('Warning', 'Suspended'),
  ),
  appliesTo: fc.oneof(
    { weight: 24, arbitrary: fc.constant('User' as const) },
    fc.constant('Company' as const),
  ),
});

/** The `number`th SKU of a tenant; no seats are said. */
export function toSku(shape: SkuShape, number: number): SubscribedSku {
  return {
    skuId: skuIdOf(number),
    skuPartNumber: skuName(number),
    appliesTo: shape.appliesTo,
    capabilityStatus: shape.status,
    enabledUnits: 0,
    consumedUnits: 0,
    servicePlans: [...shape.plans].sort().map((plan) => ({
      servicePlanId: planIdOf(plan),
      servicePlanName: planName(plan),
      appliesTo: plan === shape.company ? 'Company' : 'User',
      provisioningStatus: 'Success',
    })),
  };
}
