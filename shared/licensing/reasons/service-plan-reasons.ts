import { isoTime } from '../../kernel/clock';
import type { SkuId } from '../../kernel/ids';
import type { ServicePlans, Wording } from './wording';

/** Reasons about plans inside a license. */
export function makeServicePlanReasons({ sku, list, rules, agree, reason }: Wording) {
  return {
    manualPlansOn: (skuId: SkuId, plans: ServicePlans) =>
      reason(
        'plans/manual-on',
        skuId,
        `The policy wants ${list(plans)} off in ${sku(skuId)}, but the license was assigned by hand. Adopt the SKU in the policy, or switch the plans off by hand.`,
        plans,
      ),
    inheritedPlansOn: (skuId: SkuId, plans: ServicePlans) =>
      reason(
        'plans/inherited-on',
        skuId,
        `The policy wants ${list(plans)} off in ${sku(skuId)}, but a group gives ${agree(plans, 'it', 'them')}. Switch ${agree(plans, 'it', 'them')} off in the license of that group.`,
        plans,
      ),
    optOutKept: (skuId: SkuId, plans: ServicePlans) =>
      reason(
        'plans/opt-out-kept',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${agree(plans, 'was', 'were')} switched off by hand and ${agree(plans, 'stays', 'stay')} off, although the policy would have ${agree(plans, 'it', 'them')} on. Switch on by hand if that is wrong.`,
        plans,
      ),
    newPlansHeld: (skuId: SkuId, plans: ServicePlans) =>
      reason(
        'plans/new-held',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${agree(plans, 'is', 'are')} new and the policy says "newPlans: hold": left as the user has ${agree(plans, 'it', 'them')}. Name ${agree(plans, 'it', 'them')} in the policy, or activate the policy anew.`,
        plans,
      ),
    plansUndecided: (skuId: SkuId, plans: ServicePlans, names: readonly string[]) =>
      reason(
        'plans/undecided',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${agree(plans, 'stays', 'stay')} as the user has ${agree(plans, 'it', 'them')}, because data was not read${rules(names)}.`,
        plans,
      ),
    noPlanSure: (skuId: SkuId, names: readonly string[]) =>
      reason(
        'plans/undecided',
        skuId,
        `Whether any plan of ${sku(skuId)} is to be on could not be decided${rules(names)}, so no seat is spent on it yet. It is decided at the next look with complete data, when the names in those rules stand for something again, or when they name the new plans that they hold.`,
      ),
    plansOff: (skuId: SkuId, plans: ServicePlans, names: readonly string[], lost = '') =>
      reason(
        'plans/switched-off',
        skuId,
        `${list(plans)} ${agree(plans, 'is', 'are')} switched off in ${sku(skuId)}${rules(names)}.${lost}`,
        plans,
      ),
    plansEnding: (skuId: SkuId, plans: ServicePlans, names: readonly string[], dueAt: number) =>
      reason(
        'plans/ending',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${agree(plans, 'stays', 'stay')} on for now, because what gave ${agree(plans, 'it', 'them')} has only just stopped matching${rules(names)}. ${agree(plans, 'It is', 'They are')} switched off on ${isoTime(dueAt)} unless the user matches again by then: if that is wrong, put the user's attributes or groups right.`,
        plans,
      ),
    plansOn: (skuId: SkuId, plans: ServicePlans, names: readonly string[]) =>
      reason(
        'plans/switched-on',
        skuId,
        `${list(plans)} ${agree(plans, 'is', 'are')} switched on in ${sku(skuId)}${rules(names)}.`,
        plans,
      ),
  };
}
