import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { isOnlyReported, plansSwitchedOn } from '../holding/drift';
import { findSkuTrouble, leavesNothingOn } from '../seats/availability';
import type { WantedSku } from '../entitlement/entitlement';
import { sameIds, sortedIds } from '../../kernel/id-set';
import type { Lapses } from '../entitlement/lapsed-rules';
import { findLapses } from '../entitlement/lapsed-rules';
import type { PlanVerdict } from '../service-plans/service-plan-verdicts';
import { plansToBeOff } from '../service-plans/service-plan-verdicts';
import type { Proposer } from './proposer';
import { describePlanLoss } from '../service-plans/services-lost';

/** A wanted license that is ours already: its plans follow the policy, but for what a person switched off. */
export function proposeOwned(proposer: Proposer, wanted: WantedSku): void {
  const { situation } = proposer;
  const { write } = situation;
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
    proposer.say(skuId, 'blocked', write.allPlansOff(skuId), { priority: wanted.priority });
    return;
  }
  if (drifted.length > 0) proposer.find(write.plansSwitchedOn(skuId, drifted));
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
        ? write.plansOn(skuId, plans, rules)
        : plans.every((plan) => drifted.includes(plan))
          ? write.plansOffAgain(skuId, plans, rules, describePlanLoss(situation, skuId, plans))
          : write.plansOff(skuId, plans, rules, describePlanLoss(situation, skuId, plans)),
  });
  if (changed || isEnding) return;
  if (left.size > 0) {
    proposer.say(skuId, 'nothing', write.plansSwitchedOn(skuId, drifted));
    return;
  }
  const isNew = !situation.input.ledger.some((entry) => entry.skuId === skuId);
  proposer.say(skuId, 'nothing', isNew ? write.adopted(skuId, rules) : write.right(skuId, rules));
}

/** Plans that are switched off later, or not before a rule is decided; whether there are any of the first. */
function reportStaying(proposer: Proposer, skuId: SkuId, { staying, dueAt }: Lapses): boolean {
  const { write } = proposer.situation;
  const ending = new Set<ServicePlanId>();
  for (const { plans, rules, dueAt: at } of staying) {
    if (at === null) proposer.find(write.plansUndecided(skuId, plans, rules));
    else {
      proposer.say(skuId, 'grace', write.plansEnding(skuId, plans, rules, at));
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
  proposer.say(skuId, 'nothing', situation.write.manual(skuId));
  if (stillOn.length > 0) proposer.find(situation.write.manualPlansOn(skuId, stillOn));
}

/** What the user has otherwise than the policy's plain answer, and why. */
export function reportPlans(
  proposer: Proposer,
  wanted: WantedSku,
  byPeople: ReadonlySet<ServicePlanId>,
): void {
  const { write } = proposer.situation;
  const { skuId, plans } = wanted;
  const kept = select(plans, (verdict, plan) => verdict.state === 'on' && byPeople.has(plan));
  if (kept.length > 0) proposer.find(write.optOutKept(skuId, kept));
  const held = select(plans, (verdict) => verdict.cause === 'new-plan' && verdict.state === 'keep');
  if (held.length > 0) proposer.find(write.newPlansHeld(skuId, held));
  const undecided = select(plans, (verdict) => verdict.state === 'undecided');
  if (undecided.length > 0) {
    const rules = new Set(undecided.flatMap((plan) => plans.get(plan)?.rules ?? []));
    proposer.find(write.plansUndecided(skuId, undecided, [...rules].sort()));
  }
}

export function select(
  plans: ReadonlyMap<ServicePlanId, PlanVerdict>,
  test: (verdict: PlanVerdict, plan: ServicePlanId) => boolean,
): ServicePlanId[] {
  return [...plans].flatMap(([plan, verdict]) => (test(verdict, plan) ? [plan] : []));
}
