import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { ServicePlans, Wording } from './wording';

/** Reasons why plans cannot be held together, or not without others. */
export function makeConflictReasons({ sku, plan, list, reason }: Wording) {
  return {
    conflict: (coming: ServicePlanId, skuId: SkuId, otherPlan: ServicePlanId, otherSku: SkuId) =>
      reason(
        'plans/conflict',
        skuId,
        `${plan(coming)} of ${sku(skuId)} cannot be held together with ${plan(otherPlan)} of ${sku(otherSku)}. Disable one of the two plans in the policy, or list ${sku(skuId)} and ${sku(otherSku)} under "exclusive".`,
        [coming, otherPlan],
      ),
    conflictEnding: (coming: ServicePlanId, skuId: SkuId, otherPlan: ServicePlanId, otherSku: SkuId) =>
      reason(
        'plans/conflict-ending',
        skuId,
        `${sku(skuId)} follows when ${plan(otherPlan)} of ${sku(otherSku)}, which is about to be switched off, is off: ${plan(coming)} cannot be held together with it.`,
        [coming, otherPlan],
      ),
    dependency: (needing: ServicePlanId, skuId: SkuId, anyOf: ServicePlans) =>
      reason(
        'plans/dependency',
        skuId,
        `${plan(needing)} of ${sku(skuId)} needs ${anyOf.length === 1 ? list(anyOf) : `one of ${list(anyOf)}`}, which the user will not have. Grant ${anyOf.length === 1 ? 'it' : 'one of them'}, or disable ${plan(needing)}.`,
        [needing, ...anyOf],
      ),
    neededBy: (skuId: SkuId, provider: ServicePlanId, needing: ServicePlanId, other: SkuId) =>
      reason(
        'plans/needed-by',
        skuId,
        `${plan(provider)} of ${sku(skuId)} stays, because ${plan(needing)} of ${sku(other)} needs it. Take ${plan(needing)} away first.`,
        [provider, needing],
      ),
  };
}
