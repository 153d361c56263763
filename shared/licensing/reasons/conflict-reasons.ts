import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { WhoseLicense } from './whose-license';
import type { ServicePlans, Wording } from './wording';

/** Reasons why plans cannot be held together, or not without others. */
export function makeConflictReasons({ sku, plan, list, reason }: Wording) {
  return {
    /** `whose`: of the license that has the other plan. */
    conflict: (
      coming: ServicePlanId,
      skuId: SkuId,
      otherPlan: ServicePlanId,
      otherSku: SkuId,
      whose: WhoseLicense,
    ) =>
      reason(
        'plans/conflict',
        skuId,
        `${plan(coming)} of ${sku(skuId)} cannot be held together with ${plan(otherPlan)} of ${sku(otherSku)}. ${advice(sku(skuId), sku(otherSku), whose)}`,
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

function advice(coming: string, other: string, { kind, isExclusive, groups }: WhoseLicense): string {
  const exclusive = `list ${coming} and ${other} under "exclusive"`;
  switch (kind) {
    case 'policy':
      return isExclusive
        ? 'Disable one of the two plans in the policy.'
        : `Disable one of the two plans in the policy, or ${exclusive}.`;
    case 'byHand':
      return `${other} was assigned by hand and is not taken away: remove it by hand, or list it under "adopt"${isExclusive ? '' : ` and ${exclusive}`}, or disable ${coming}'s plan in the policy.`;
    case 'inherited':
      return `${other} comes from the group ${groups.join(' and ')}, which the policy cannot change: take the user out of it, or switch the plan off there or in the policy.`;
  }
}
