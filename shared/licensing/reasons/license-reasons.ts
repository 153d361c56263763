import { isoTime } from '../../kernel/clock';
import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { CatalogueIndex } from '../catalogue/catalogue-index';
import type { Reason } from '../decision';

/** The reasons of a decision, in words that name the SKUs and plans. */
export type ReasonWriter = ReturnType<typeof makeReasonWriter>;

const writers = new WeakMap<CatalogueIndex, ReasonWriter>();

/** One writer per catalogue. */
export function reasonWriterOf(index: CatalogueIndex): ReasonWriter {
  const known = writers.get(index);
  if (known !== undefined) return known;
  const writer = makeReasonWriter(index);
  writers.set(index, writer);
  return writer;
}

type Plans = readonly ServicePlanId[];

function makeReasonWriter(index: CatalogueIndex) {
  const sku = (skuId: SkuId) => index.skuName(skuId);
  const list = (plans: Plans) =>
    plans
      .map((plan) => index.planName(plan))
      .sort()
      .join(', ');
  const rules = (names: readonly string[]) =>
    names.length === 0
      ? ''
      : ` (${names.length === 1 ? 'rule' : 'rules'} ${names.map((name) => `"${name}"`).join(', ')})`;
  const except = (off: Plans) => (off.length === 0 ? '' : ` without ${list(off)}`);
  const reason = (code: string, skuId: SkuId, text: string, servicePlanIds?: Plans): Reason => ({
    code,
    text,
    skuId,
    ...(servicePlanIds === undefined || servicePlanIds.length === 0 ? {} : { servicePlanIds }),
  });

  return {
    assigned: (skuId: SkuId, off: Plans, names: readonly string[]) =>
      reason('license/assigned', skuId, `${sku(skuId)} is assigned${except(off)}${rules(names)}.`, off),
    takenAway: (skuId: SkuId, names: readonly string[]) =>
      reason(
        'drift/taken-away',
        skuId,
        `${sku(skuId)} was assigned by the policy and has been taken away by hand${rules(names)}.`,
      ),
    assignedAgain: (skuId: SkuId, off: Plans, names: readonly string[]) =>
      reason(
        'drift/assigned-again',
        skuId,
        `${sku(skuId)} was taken away by hand and is assigned again${except(off)}${rules(names)}.`,
        off,
      ),
    plansSwitchedOn: (skuId: SkuId, plans: Plans) =>
      reason(
        'drift/plans-on',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${plans.length === 1 ? 'was' : 'were'} switched off by the policy and ${plans.length === 1 ? 'has' : 'have'} been switched on by hand.`,
        plans,
      ),
    plansOffAgain: (skuId: SkuId, plans: Plans, names: readonly string[], lost = '') =>
      reason(
        'drift/plans-off-again',
        skuId,
        `${list(plans)} ${plans.length === 1 ? 'was' : 'were'} switched on by hand and ${plans.length === 1 ? 'is' : 'are'} switched off again in ${sku(skuId)}${rules(names)}.${lost}`,
        plans,
      ),
    fallbackAssigned: (skuId: SkuId, instead: SkuId, off: Plans, names: readonly string[]) =>
      reason(
        'fallback/meanwhile',
        skuId,
        `${sku(skuId)} is assigned${except(off)} in place of ${sku(instead)}, until ${sku(instead)} can be had${rules(names)}.`,
        off,
      ),
    standsIn: (skuId: SkuId, instead: SkuId) =>
      reason('fallback/stands-in', skuId, `${sku(skuId)} stays until ${sku(instead)} can be had.`),
    right: (skuId: SkuId, names: readonly string[]) =>
      reason('license/right', skuId, `${sku(skuId)} is held just as the policy says${rules(names)}.`),
    adopted: (skuId: SkuId, names: readonly string[]) =>
      reason(
        'license/adopted',
        skuId,
        `${sku(skuId)} was assigned by hand; the policy adopts it, and it follows the policy from now on${rules(names)}.`,
      ),
    manual: (skuId: SkuId) =>
      reason(
        'license/manual',
        skuId,
        `${sku(skuId)} was assigned by hand and stays as it is. List it under "adopt" in the policy to let the policy manage it.`,
      ),
    manualNotGranted: (skuId: SkuId) =>
      reason(
        'license/manual-not-granted',
        skuId,
        `${sku(skuId)} was assigned by hand and no rule grants it. It is not adopted and stays: remove it by hand if it is not needed.`,
      ),
    manualPlansOn: (skuId: SkuId, plans: Plans) =>
      reason(
        'plans/manual-on',
        skuId,
        `The policy wants ${list(plans)} off in ${sku(skuId)}, but the license was assigned by hand. Adopt the SKU in the policy, or switch the plans off by hand.`,
        plans,
      ),
    inherited: (skuId: SkuId) =>
      reason(
        'license/inherited',
        skuId,
        `${sku(skuId)} comes from a group with every plan that is needed; no second assignment is made.`,
      ),
    inheritedPlansOn: (skuId: SkuId, plans: Plans) =>
      reason(
        'plans/inherited-on',
        skuId,
        `The policy wants ${list(plans)} off in ${sku(skuId)}, but a group gives ${plans.length === 1 ? 'it' : 'them'}. Switch ${plans.length === 1 ? 'it' : 'them'} off in the license of that group.`,
        plans,
      ),
    duplicate: (skuId: SkuId) =>
      reason(
        'license/duplicate',
        skuId,
        `${sku(skuId)} is held twice, directly and from a group. It costs one seat; the direct one can be removed if the group gives every plan that is needed.`,
      ),
    licenseError: (skuId: SkuId, error: string, group: string | null) =>
      reason(
        'license/error',
        skuId,
        `Microsoft reports ${error} on ${sku(skuId)}${group === null ? '' : ` from group ${group}`}. Clear the cause; for a group's license, reprocess the user then.`,
      ),
    optOutKept: (skuId: SkuId, plans: Plans) =>
      reason(
        'plans/opt-out-kept',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${plans.length === 1 ? 'was' : 'were'} switched off by hand and ${plans.length === 1 ? 'stays' : 'stay'} off, although the policy would have ${plans.length === 1 ? 'it' : 'them'} on. Switch on by hand if that is wrong.`,
        plans,
      ),
    newPlansHeld: (skuId: SkuId, plans: Plans) =>
      reason(
        'plans/new-held',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${plans.length === 1 ? 'is' : 'are'} new and the policy says "newPlans: hold": left as the user has ${plans.length === 1 ? 'it' : 'them'}. Name ${plans.length === 1 ? 'it' : 'them'} in the policy, or activate the policy anew.`,
        plans,
      ),
    plansUndecided: (skuId: SkuId, plans: Plans, names: readonly string[]) =>
      reason(
        'plans/undecided',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${plans.length === 1 ? 'stays' : 'stay'} as the user has ${plans.length === 1 ? 'it' : 'them'}, because data was not read${rules(names)}.`,
        plans,
      ),
    plansOff: (skuId: SkuId, plans: Plans, names: readonly string[], lost = '') =>
      reason(
        'plans/switched-off',
        skuId,
        `${list(plans)} ${plans.length === 1 ? 'is' : 'are'} switched off in ${sku(skuId)}${rules(names)}.${lost}`,
        plans,
      ),
    plansEnding: (skuId: SkuId, plans: Plans, names: readonly string[], dueAt: number) =>
      reason(
        'plans/ending',
        skuId,
        `${list(plans)} in ${sku(skuId)} ${plans.length === 1 ? 'stays' : 'stay'} on for now, because what gave ${plans.length === 1 ? 'it' : 'them'} has only just stopped matching${rules(names)}. ${plans.length === 1 ? 'It is' : 'They are'} switched off on ${isoTime(dueAt)} unless the user matches again by then: if that is wrong, put the user's attributes or groups right.`,
        plans,
      ),
    plansOn: (skuId: SkuId, plans: Plans, names: readonly string[]) =>
      reason(
        'plans/switched-on',
        skuId,
        `${list(plans)} ${plans.length === 1 ? 'is' : 'are'} switched on in ${sku(skuId)}${rules(names)}.`,
        plans,
      ),
    allPlansOff: (skuId: SkuId) =>
      reason(
        'plans/all-off',
        skuId,
        `The policy leaves no plan of ${sku(skuId)} on, so a seat would be spent on nothing. Leave a plan on, or do not grant ${sku(skuId)} to this user.`,
      ),
    seatsExhausted: (skuId: SkuId) =>
      reason(
        'seats/exhausted',
        skuId,
        `No seat of ${sku(skuId)} is free. The user is on the waiting list and gets one as soon as seats are bought or freed.`,
      ),
    seatsScarce: (skuId: SkuId) =>
      reason(
        'seats/scarce',
        skuId,
        `Seats of ${sku(skuId)} are scarce and handed out by priority, then by waiting time. The user is on the waiting list.`,
      ),
    notForUsers: (skuId: SkuId) =>
      reason(
        'sku/company',
        skuId,
        `${sku(skuId)} is licensed to the whole company and cannot be assigned to a user. Take it out of the policy.`,
      ),
    notActive: (skuId: SkuId, status: string) =>
      reason(
        'sku/not-active',
        skuId,
        `The subscription of ${sku(skuId)} is ${status}, so it cannot be assigned. Renew it, or take it out of the policy.`,
      ),
    skuGone: (skuId: SkuId) =>
      reason(
        'sku/unknown',
        skuId,
        `${sku(skuId)} is not among this tenant's subscriptions any more, so its license is left alone. Remove it by hand if Microsoft has not done so.`,
      ),
    betterHeld: (skuId: SkuId, better: SkuId) =>
      reason(
        'exclusive/better-held',
        skuId,
        `${sku(skuId)} is not needed: the user holds ${sku(better)}, which is better in the same exclusive group.`,
      ),
    covered: (skuId: SkuId, better: SkuId) =>
      reason(
        'exclusive/covered',
        skuId,
        `${sku(skuId)} follows when ${sku(better)}, which the user still holds, goes: one call, no gap.`,
      ),
    superseded: (skuId: SkuId, better: SkuId) =>
      reason('exclusive/superseded', skuId, `${sku(skuId)} gives way to ${sku(better)} in the same call.`),
    twoHeld: (skuId: SkuId, better: SkuId) =>
      reason(
        'exclusive/two-held',
        skuId,
        `The user holds ${sku(better)} as well as ${sku(skuId)}, of which the policy wants one at most. One of them is not ours to take: remove it by hand.`,
      ),
    removalDue: (skuId: SkuId, lost: string, since: number) =>
      reason(
        'removal/due',
        skuId,
        `${sku(skuId)} is removed: the policy has not granted it since ${isoTime(since)}.${lost}`,
      ),
    removalGrace: (skuId: SkuId, lost: string, dueAt: number) =>
      reason(
        'removal/grace',
        skuId,
        `No rule grants ${sku(skuId)} any more. It is removed on ${isoTime(dueAt)} unless the user is entitled again by then.${lost}`,
      ),
    removalKept: (skuId: SkuId) =>
      reason(
        'removal/kept',
        skuId,
        `No rule grants ${sku(skuId)} any more; it stays, because the policy says "removal: keep".`,
      ),
    removalUnsure: (skuId: SkuId, trouble: string) =>
      reason(
        'removal/unsure',
        skuId,
        `${sku(skuId)} stays, because what the policy grants this user is not sure: ${trouble}`,
      ),
    replaced: (skuId: SkuId, by: SkuId, lost: string, since: number) =>
      reason(
        'removal/replaced',
        skuId,
        `${sku(skuId)} is replaced by ${sku(by)} in one call: the policy has not granted it since ${isoTime(since)}.${lost}`,
      ),
    replacementMissing: (skuId: SkuId, by: SkuId) =>
      reason(
        'removal/replacement-missing',
        skuId,
        `${sku(skuId)} stays, although no rule grants it, until ${sku(by)} can be had: the user is not left without.`,
      ),
    conflict: (plan: ServicePlanId, skuId: SkuId, otherPlan: ServicePlanId, otherSku: SkuId) =>
      reason(
        'plans/conflict',
        skuId,
        `${index.planName(plan)} of ${sku(skuId)} cannot be held together with ${index.planName(otherPlan)} of ${sku(otherSku)}. Disable one of the two plans in the policy, or list ${sku(skuId)} and ${sku(otherSku)} under "exclusive".`,
        [plan, otherPlan],
      ),
    conflictEnding: (plan: ServicePlanId, skuId: SkuId, otherPlan: ServicePlanId, otherSku: SkuId) =>
      reason(
        'plans/conflict-ending',
        skuId,
        `${sku(skuId)} follows when ${index.planName(otherPlan)} of ${sku(otherSku)}, which is about to be switched off, is off: ${index.planName(plan)} cannot be held together with it.`,
        [plan, otherPlan],
      ),
    dependency: (plan: ServicePlanId, skuId: SkuId, anyOf: Plans) =>
      reason(
        'plans/dependency',
        skuId,
        `${index.planName(plan)} of ${sku(skuId)} needs ${anyOf.length === 1 ? list(anyOf) : `one of ${list(anyOf)}`}, which the user will not have. Grant ${anyOf.length === 1 ? 'it' : 'one of them'}, or disable ${index.planName(plan)}.`,
        [plan, ...anyOf],
      ),
    neededBy: (skuId: SkuId, provider: ServicePlanId, plan: ServicePlanId, other: SkuId) =>
      reason(
        'plans/needed-by',
        skuId,
        `${index.planName(provider)} of ${sku(skuId)} stays, because ${index.planName(plan)} of ${sku(other)} needs it. Take ${index.planName(plan)} away first.`,
        [provider, plan],
      ),
    pinRight: (skuId: SkuId, why: string) =>
      reason('pin/right', skuId, `${sku(skuId)} is held as it was pinned: ${why}`),
    pinApplied: (skuId: SkuId, why: string, lost = '') =>
      reason('pin/applied', skuId, `${sku(skuId)} is brought to its pinned state: ${why}${lost}`),
    pinAbsent: (skuId: SkuId, why: string) =>
      reason('pin/absent', skuId, `${sku(skuId)} is pinned as not to be held: ${why}`),
    pinRemoved: (skuId: SkuId, why: string, lost: string) =>
      reason(
        'pin/removed',
        skuId,
        `${sku(skuId)} is removed, because it is pinned as not to be held: ${why}${lost}`,
      ),
    pinEnded: (skuId: SkuId, lost: string) =>
      reason(
        'pin/ended',
        skuId,
        `${sku(skuId)} is removed: a person had granted it for a time that is over, and no rule grants it.${lost}`,
      ),
    pinNotOurs: (skuId: SkuId) =>
      reason(
        'pin/not-ours',
        skuId,
        `The pin does not change ${sku(skuId)}: it was assigned by hand or comes from a group. Change it there.`,
      ),
    pinBeside: (skuId: SkuId, pinned: SkuId) =>
      reason(
        'pin/beside',
        skuId,
        `${sku(skuId)} is not given, because ${sku(pinned)} of the same exclusive group is pinned. Release it ("licenser undo --release" or "licenser exception release") to let the policy choose.`,
      ),
    pinOutOfScope: (skuId: SkuId) =>
      reason(
        'pin/out-of-scope',
        skuId,
        `The pin asks for ${sku(skuId)}, but the user is out of scope and is granted nothing. Release the pin, or bring the user into scope.`,
      ),
  };
}
