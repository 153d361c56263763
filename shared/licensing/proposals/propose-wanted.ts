import type { SkuId } from '../../kernel/ids';
import { findAvailability } from '../seats/availability';
import { findBetterHeld, findExceptedBeside } from '../holding/better-held';
import { chooseFallback, findSought } from './choose-fallback';
import { isOnlyReported, isTakenAway } from '../holding/drift';
import type { WantedSku } from '../entitlement/entitlement';
import { sortedIds } from '../../kernel/id-set';
import { withoutEnding } from '../ledger';
import { judgeLoss } from './loss';
import { plansToBeOff } from '../service-plans/service-plan-verdicts';
import type { Proposer } from './proposer';
import { proposeOwned, reportManual, reportPlans, select } from './propose-owned';
import { describeLoss } from '../service-plans/services-lost';
import { higherSkus, inheritedPlans, isLower } from './situation';

/** A new license that can be had now. */
export type NewLicense = {
  readonly wanted: WantedSku;
  /** The SKU it stands in for. */
  readonly instead: WantedSku | null;
  /** Better licenses of ours in the same exclusive group that the policy does not grant, and whose time is up. */
  readonly ending: readonly SkuId[];
};

export function proposeWanted(proposer: Proposer): void {
  const { situation } = proposer;
  const open = situation.entitlement.wanted.filter((wanted) => !situation.pinned.has(wanted.skuId));
  const arriving = new Map<SkuId, NewLicense>();
  for (const wanted of open) {
    const inheritedOn = inheritedPlans(situation, wanted.skuId);
    const unwanted = select(
      wanted.plans,
      (verdict, plan) => verdict.state === 'off' && inheritedOn.has(plan),
    );
    if (unwanted.length > 0) proposer.find(situation.write.inheritedPlansOn(wanted.skuId, unwanted));
    consider(proposer, wanted, arriving);
  }
  for (const license of arriving.values()) proposeNew(proposer, license);
}

function consider(proposer: Proposer, wanted: WantedSku, arriving: Map<SkuId, NewLicense>): void {
  const { situation } = proposer;
  const { write, owned } = situation;
  const { skuId, priority } = wanted;
  // An extra license comes in its place.
  if (proposer.isRemoved(skuId)) return;
  const better = findBetterHeld(situation, skuId);
  if (situation.direct.has(skuId)) {
    if (better !== undefined) proposer.find(write.twoHeld(skuId, better));
    if (owned.has(skuId)) proposeOwned(proposer, wanted);
    else reportManual(proposer, wanted);
    return;
  }
  if (better !== undefined) {
    proposer.say(skuId, 'nothing', write.betterHeld(skuId, better));
    return;
  }
  const pinned = findExceptedBeside(situation, skuId);
  if (pinned !== undefined) {
    proposer.say(skuId, 'pinned', write.pinBeside(skuId, pinned));
    return;
  }
  if (isTakenAway(situation, skuId) && !situation.inherited.has(skuId)) {
    const reason = write.takenAway(skuId, wanted.rules);
    proposer.find(reason);
    if (isOnlyReported(situation)) {
      proposer.say(skuId, 'nothing', reason);
      return;
    }
  }
  const inheritedOn = inheritedPlans(situation, skuId);
  const missing = select(wanted.plans, (verdict, plan) => verdict.state === 'on' && !inheritedOn.has(plan));
  if (situation.inherited.has(skuId) && missing.length === 0) {
    proposer.say(skuId, 'nothing', write.inherited(skuId));
    return;
  }
  const availability = findAvailability(situation, wanted);
  const mayStandIn = (other: SkuId) =>
    availability.kind !== 'available' && wanted.standIns.some((standIn) => standIn.skuId === other);
  const ending: SkuId[] = [];
  for (const higher of higherSkus(situation.exclusive, skuId)) {
    const license = owned.get(higher);
    if (license === undefined || situation.pinned.has(higher) || mayStandIn(higher)) continue;
    const loss = judgeLoss(situation, higher, license);
    if (loss.state !== 'due') {
      proposer.say(skuId, loss.outcome, write.covered(skuId, higher));
      return;
    }
    ending.push(higher);
    proposer.keep(loss.entry);
  }
  if (availability.kind === 'available') {
    arriving.set(skuId, { wanted, instead: null, ending });
    return;
  }
  for (const higher of ending) {
    proposer.standIns.add(higher);
    proposer.say(higher, 'nothing', write.replacementMissing(higher, skuId));
  }
  const fallback = ending[0] ?? chooseFallback(proposer, wanted, arriving);
  const seeks = ending.length > 0 ? [] : findSought(proposer, wanted, fallback, arriving);
  proposer.say(skuId, availability.kind, availability.reason, {
    priority,
    ...(fallback === undefined ? {} : { fallback }),
    ...(seeks.length === 0 ? {} : { seeks }),
  });
}

function proposeNew(proposer: Proposer, license: NewLicense): void {
  const { situation } = proposer;
  const { write } = situation;
  const { wanted, instead, ending } = license;
  const { skuId, rules } = wanted;
  const replaced = findReplaced(proposer, license);
  const plans = situation.index.userPlanSet(skuId);
  const carried = sortedIds(
    replaced
      .flatMap((other) => [...(situation.owned.get(other)?.byPeople ?? [])])
      .filter((plan) => plans.has(plan)),
  );
  const add = sortedIds([...plansToBeOff(wanted.plans, null), ...carried]);
  reportPlans(proposer, wanted, new Set(carried));
  proposer.own(skuId, rules);
  const gone = replaced.map((other) => {
    const owned = situation.owned.get(other);
    const loss = owned && ending.includes(other) ? judgeLoss(situation, other, owned) : undefined;
    if (owned !== undefined) proposer.keep(loss?.entry ?? withoutEnding(owned.entry));
    const reason =
      loss === undefined
        ? write.superseded(other, skuId)
        : owned?.entry.byPin === true
          ? loss.reason
          : write.replaced(
              other,
              skuId,
              describeLoss(situation, other),
              loss.entry.notEntitledSince ?? situation.input.now,
            );
    return { skuId: other, outcome: 'nothing' as const, reason };
  });
  const reason =
    instead === null
      ? isTakenAway(situation, skuId)
        ? write.assignedAgain(skuId, add, rules)
        : write.assigned(skuId, add, rules)
      : write.fallbackAssigned(skuId, instead.skuId, add, rules);
  proposer.propose(skuId, {
    add,
    carried,
    remove: replaced,
    reduction: ending.some((other) => situation.owned.get(other)?.entry.byPin !== true),
    priority: wanted.priority,
    outcomes: [{ skuId, outcome: 'licensed', reason }, ...gone],
  });
}

/** Licenses of ours that go when this one comes: lower ones of its exclusive group, and what stood in for it. */
function findReplaced(proposer: Proposer, { wanted, instead, ending }: NewLicense): SkuId[] {
  const { situation, standIns } = proposer;
  const { exclusive, entitlement } = situation;
  const stoodIn = new Set(
    [wanted, ...(instead === null ? [] : [instead])].flatMap((one) => one.standIns.map((s) => s.skuId)),
  );
  return sortedIds(situation.owned.keys()).filter((other) => {
    if (other === wanted.skuId || situation.isWanted(other) || situation.pinned.has(other)) return false;
    if (standIns.has(other)) return false;
    if (ending.includes(other)) return true;
    // A group's lower SKU is never given beside a better one, so no doubt about its own rules can matter.
    if (isLower(exclusive, other, wanted.skuId)) return true;
    return stoodIn.has(other) && !entitlement.undecided.has(other);
  });
}
