import type { SkuId } from '../../kernel/ids';
import type { ServicePlans, Wording } from './wording';

/** Reasons about what a person changed in our license by hand. */
export function makeDriftReasons({ sku, list, rules, except, agree, reason }: Wording) {
  return {
    takenAway: (skuId: SkuId, names: readonly string[]) =>
      reason(
        'drift/taken-away',
        skuId,
        `${sku(skuId)} was assigned by the policy and has been taken away by hand${rules(names)}.`,
      ),
    assignedAgain: (skuId: SkuId, off: ServicePlans, names: readonly string[]) =>
      reason(
        'drift/assigned-again',
        skuId,
        `${sku(skuId)} was taken away by hand and is assigned again${except(off)}${rules(names)}.`,
        off,
      ),
    plansSwitchedOn: (skuId: SkuId, plans: ServicePlans) =>
      reason(
        'drift/plans-on',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${agree(plans, 'was', 'were')} switched off by the policy and ${agree(plans, 'has', 'have')} been switched on by hand.`,
        plans,
      ),
    plansOffAgain: (skuId: SkuId, plans: ServicePlans, names: readonly string[], lost = '') =>
      reason(
        'drift/plans-off-again',
        skuId,
        `${list(plans)} ${agree(plans, 'was', 'were')} switched on by hand and ${agree(plans, 'is', 'are')} switched off again in ${sku(skuId)}${rules(names)}.${lost}`,
        plans,
      ),
  };
}
