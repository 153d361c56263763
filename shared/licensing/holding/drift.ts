import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { WantedSku } from '../entitlement/entitlement';
import type { Situation } from '../situation';

/**
 * The ledger says that we gave this license, and the user does not hold it: a person took it away, unless the tenant has
 * lost the SKU with all its licenses.
 */
export function isTakenAway({ direct, input }: Situation, skuId: SkuId): boolean {
  return (
    !direct.has(skuId) &&
    input.ledger.some((entry) => entry.skuId === skuId) &&
    input.catalogue.skuById(skuId) !== undefined
  );
}

/** Plans of our license that we switched off, that the policy wants off, and that a person switched on. */
export function plansSwitchedOn(situation: Situation, wanted: WantedSku): ServicePlanId[] {
  const owned = situation.owned.get(wanted.skuId);
  if (owned === undefined) return [];
  return owned.entry.disabledByUs.filter(
    (plan) => !owned.off.has(plan) && wanted.plans.get(plan)?.state === 'off',
  );
}

/**
 * Where drift is only reported, the ledger must remember it: a license that was forgotten would be given anew, and a
 * plan switched off again, at the next look.
 */
export function isOnlyReported({ input }: Situation): boolean {
  return input.policy.drift === 'report';
}
