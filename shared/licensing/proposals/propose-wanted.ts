import type { SkuId } from '../../kernel/ids';
import { findAvailability } from '../seats/availability';
import { findBetterHeld, findExceptedBeside } from '../holding/better-held';
import { chooseFallback, findSought } from './choose-fallback';
import type { Fallback } from './choose-fallback';
import { whoseLicense } from '../holding/whose-license';
import { isOnlyReported, isTakenAway } from '../holding/drift';
import type { WantedSku } from '../entitlement/entitlement';
import { sortedIds } from '../../kernel/id-set';
import { withoutEnding } from '../ledger';
import { isInDoubt, judgeLoss } from './loss';
import { plansToBeOff } from '../service-plans/service-plan-verdicts';
import type { NewLicense } from './proposal';
import type { Proposer } from './proposer';
import { proposeOwned, reportManual, reportPlans, select } from './propose-owned';
import { describeLoss } from '../service-plans/services-lost';
import { higherSkus, inheritedPlans, isLower, isShown } from '../situation';

/** Everything the policy wants the user to hold: what is held follows it, what is missing is given or waited for. */
export function proposeWanted(proposer: Proposer): void {
  const { situation } = proposer;
  const open = situation.entitlement.wanted.filter((wanted) => !situation.excepted.has(wanted.skuId));
  const arriving = new Map<SkuId, NewLicense>();
  for (const wanted of open) {
    const inheritedOn = inheritedPlans(situation, wanted.skuId);
    const unwanted = select(
      wanted.plans,
      (verdict, plan) => verdict.state === 'off' && inheritedOn.has(plan),
    );
    if (unwanted.length > 0) proposer.find(situation.reasons.inheritedPlansOn(wanted.skuId, unwanted));
    consider(proposer, wanted, arriving);
  }
  for (const license of arriving.values()) proposeNew(proposer, license);
}

function consider(proposer: Proposer, wanted: WantedSku, arriving: Map<SkuId, NewLicense>): void {
  const { situation } = proposer;
  const { reasons, owned } = situation;
  const { skuId, priority } = wanted;
  // An extra license comes in its place.
  if (proposer.isRemoved(skuId)) return;
  const better = findBetterHeld(situation, skuId);
  if (situation.direct.has(skuId)) {
    if (better !== undefined)
      proposer.find(reasons.twoHeld(skuId, better, whoseLicense(situation, skuId, better)));
    if (owned.has(skuId)) proposeOwned(proposer, wanted);
    else reportManual(proposer, wanted);
    return;
  }
  if (better !== undefined) {
    proposer.say(skuId, 'nothing', reasons.betterHeld(skuId, better));
    return;
  }
  const excepted = findExceptedBeside(situation, skuId);
  if (excepted !== undefined) {
    proposer.say(skuId, 'pinned', reasons.exceptionBeside(skuId, excepted));
    return;
  }
  if (isTakenAway(situation, skuId) && !situation.inherited.has(skuId)) {
    const reason = reasons.takenAway(skuId, wanted.rules);
    proposer.find(reason);
    if (isOnlyReported(situation)) {
      proposer.say(skuId, 'nothing', reason);
      return;
    }
  }
  const inheritedOn = inheritedPlans(situation, skuId);
  const missing = select(wanted.plans, (verdict, plan) => verdict.state === 'on' && !inheritedOn.has(plan));
  if (situation.inherited.has(skuId) && missing.length === 0) {
    const unwanted = select(
      wanted.plans,
      (verdict, plan) => verdict.state === 'off' && inheritedOn.has(plan),
    );
    const said = unwanted.length > 0 ? reasons.inheritedPlansOn(skuId, unwanted) : reasons.inherited(skuId);
    proposer.say(skuId, 'nothing', said);
    return;
  }
  const availability = findAvailability(situation, wanted);
  const mayBeFallback = (other: SkuId) =>
    availability.kind !== 'available' && wanted.fallbacks.some((fallback) => fallback.skuId === other);
  const ending: SkuId[] = [];
  for (const higher of higherSkus(situation.exclusive, skuId)) {
    const license = owned.get(higher);
    if (license === undefined || situation.excepted.has(higher) || mayBeFallback(higher)) continue;
    // What the tenant does not show is left alone, so nothing waits for its end; only doubt about it does.
    if (!isShown(situation, higher) && !isInDoubt(situation, higher)) continue;
    const loss = judgeLoss(situation, higher, license);
    if (loss.state !== 'due') {
      proposer.say(skuId, loss.outcome, reasons.covered(skuId, higher));
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
    proposer.keptFallbacks.add(higher);
    proposer.say(higher, 'nothing', reasons.replacementMissing(higher, skuId));
  }
  const choice: Fallback =
    ending[0] === undefined
      ? chooseFallback(proposer, wanted, arriving)
      : { skuId: ending[0], arriving: null };
  const fallback = choice.skuId;
  if (choice.arriving !== null) arriving.set(choice.arriving.wanted.skuId, choice.arriving);
  const seeks = ending.length > 0 ? [] : findSought(proposer, wanted, fallback, arriving);
  proposer.say(skuId, availability.kind, availability.reason, {
    priority,
    ...(fallback === undefined ? {} : { fallback }),
    ...(seeks.length === 0 ? {} : { seeks }),
  });
}

function proposeNew(proposer: Proposer, license: NewLicense): void {
  const { situation } = proposer;
  const { reasons } = situation;
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
        ? reasons.superseded(other, skuId)
        : owned?.entry.byPin === true
          ? loss.reason
          : reasons.replaced(
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
        ? reasons.assignedAgain(skuId, add, rules)
        : reasons.assigned(skuId, add, rules)
      : reasons.fallbackAssigned(skuId, instead.skuId, add, rules);
  proposer.propose(skuId, {
    add,
    carried,
    remove: replaced,
    reduction: ending.some((other) => situation.owned.get(other)?.entry.byPin !== true),
    priority: wanted.priority,
    outcomes: [{ skuId, outcome: 'licensed', reason }, ...gone],
  });
}

/** Our licenses that go when this one comes: lower ones of its exclusive group, and its fallbacks. */
function findReplaced(proposer: Proposer, { wanted, instead, ending }: NewLicense): SkuId[] {
  const { situation, keptFallbacks } = proposer;
  const { exclusive, entitlement } = situation;
  const fallbacks = new Set(
    [wanted, ...(instead === null ? [] : [instead])].flatMap((one) => one.fallbacks.map((s) => s.skuId)),
  );
  return sortedIds(situation.owned.keys()).filter((other) => {
    if (other === wanted.skuId || situation.isWanted(other) || situation.excepted.has(other)) return false;
    if (keptFallbacks.has(other) || !isShown(situation, other)) return false;
    if (ending.includes(other)) return true;
    // A group's lower SKU is never given beside a better one, so no doubt about its own rules can matter.
    if (isLower(exclusive, other, wanted.skuId)) return true;
    return fallbacks.has(other) && !entitlement.undecided.has(other);
  });
}
