import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { isOnlyReported, plansSwitchedOn } from '../holding/drift';
import { findSkuTrouble, leavesNothingOn } from '../seats/availability';
import type { WantedSku } from '../entitlement/entitlement';
import { sameIds, sortedIds } from '../../kernel/id-set';
import type { Lapses } from './lapsed-rules';
import { findLapses } from './lapsed-rules';
import type { ServicePlanVerdict } from '../service-plans/service-plan-verdicts';
import { plansToBeOff } from '../service-plans/service-plan-verdicts';
import type { Proposer } from './proposer';
import { describeServicePlanLoss } from '../service-plans/services-lost';

/** A wanted license that is ours already: its plans follow the policy, but for what a person switched off. */
export function proposeOwned(proposer: Proposer, wanted: WantedSku): void {
  const { situation } = proposer;
  const { reasons } = situation;
  const { skuId, rules } = wanted;
  const owned = situation.owned.get(skuId);
  if (owned === undefined) return;
  const drifted = plansSwitchedOn(situation, wanted);
  const asked = plansToBeOff(wanted.plans, owned);
  const narrow = asked.filter((plan) => !owned.off.has(plan) && !drifted.includes(plan));
  const lapses = findLapses(situation, skuId, narrow);
  proposer.own(skuId, sortedIds([...rules, ...lapses.rules]), lapses.lapsed);
  reportPlans(proposer, wanted, owned.byPeople);
  if (leavesNothingOn(wanted)) {
    proposer.say(skuId, 'blocked', reasons.allPlansOff(skuId), { priority: wanted.priority });
    return;
  }
  if (drifted.length > 0) proposer.find(reasons.plansSwitchedOn(skuId, drifted));
  const left = new Set(isOnlyReported(situation) ? drifted : []);
  const staying = new Set(lapses.staying.flatMap(({ plans }) => plans));
  const off = asked.filter((plan) => !left.has(plan) && !staying.has(plan));
  const trouble = sameIds(off, owned.off) ? null : findSkuTrouble(situation, skuId);
  if (trouble !== null) {
    proposer.say(skuId, 'blocked', trouble, { priority: wanted.priority });
    return;
  }
  const isEnding = reportStaying(proposer, skuId, lapses);
  const changed = proposer.changePlans(skuId, off, {
    priority: wanted.priority,
    // Said together with what is ending.
    outcome: isEnding ? 'grace' : 'licensed',
    say: (plans, on) =>
      on
        ? reasons.plansOn(skuId, plans, rules)
        : plans.every((plan) => drifted.includes(plan))
          ? reasons.plansOffAgain(skuId, plans, rules, describeServicePlanLoss(situation, skuId, plans))
          : reasons.plansOff(skuId, plans, rules, describeServicePlanLoss(situation, skuId, plans)),
  });
  if (changed || isEnding) return;
  if (left.size > 0) {
    proposer.say(skuId, 'nothing', reasons.plansSwitchedOn(skuId, drifted));
    return;
  }
  const lapsed = findSkuTrouble(situation, skuId);
  if (lapsed !== null) {
    proposer.say(skuId, 'nothing', reasons.heldInVain(lapsed));
    return;
  }
  const isNew = !situation.input.ledger.some((entry) => entry.skuId === skuId);
  proposer.say(skuId, 'nothing', isNew ? reasons.adopted(skuId, rules) : reasons.right(skuId, rules));
}

/** Plans that are switched off later, or not before a rule is decided; whether there are any of the first. */
function reportStaying(proposer: Proposer, skuId: SkuId, { staying, dueAt }: Lapses): boolean {
  const { reasons } = proposer.situation;
  const ending = new Set<ServicePlanId>();
  for (const { plans, rules, dueAt: at } of staying) {
    if (at === null) proposer.find(reasons.plansUndecided(skuId, plans, rules));
    else {
      proposer.say(skuId, 'grace', reasons.plansEnding(skuId, plans, rules, at));
      for (const plan of plans) ending.add(plan);
    }
  }
  if (ending.size > 0 && dueAt !== null) proposer.stay(skuId, ending, dueAt);
  return ending.size > 0;
}

/** A wanted license that a person assigned: left alone, and what differs is reported. */
export function reportManual(proposer: Proposer, wanted: WantedSku): void {
  const { situation } = proposer;
  const { skuId, plans } = wanted;
  const off = new Set(situation.direct.get(skuId)?.disabledPlans);
  const stillOn = select(plans, (verdict, plan) => verdict.state === 'off' && !off.has(plan));
  proposer.say(skuId, 'nothing', situation.reasons.manual(skuId));
  if (stillOn.length > 0) proposer.find(situation.reasons.manualPlansOn(skuId, stillOn));
}

/** What the user has otherwise than the policy's plain answer, and why. */
export function reportPlans(
  proposer: Proposer,
  wanted: WantedSku,
  byPeople: ReadonlySet<ServicePlanId>,
): void {
  const { reasons } = proposer.situation;
  const { skuId, plans } = wanted;
  const kept = select(plans, (verdict, plan) => verdict.state === 'on' && byPeople.has(plan));
  if (kept.length > 0) proposer.find(reasons.optOutKept(skuId, kept));
  const held = select(plans, (verdict) => verdict.cause === 'new-plan' && verdict.state === 'keep');
  if (held.length > 0) proposer.find(reasons.newPlansHeld(skuId, held));
  const undecided = select(plans, (verdict) => verdict.state === 'undecided');
  if (undecided.length > 0) {
    const rules = new Set(undecided.flatMap((plan) => plans.get(plan)?.rules ?? []));
    proposer.find(reasons.plansUndecided(skuId, undecided, [...rules].sort()));
  }
}

/** The plans whose verdict passes the test, in the order of the verdicts. */
export function select(
  plans: ReadonlyMap<ServicePlanId, ServicePlanVerdict>,
  test: (verdict: ServicePlanVerdict, plan: ServicePlanId) => boolean,
): ServicePlanId[] {
  return [...plans].flatMap(([plan, verdict]) => (test(verdict, plan) ? [plan] : []));
}
