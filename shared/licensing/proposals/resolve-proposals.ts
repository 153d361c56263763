import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { PlansOn, PlanOfSku, Violation } from '../service-plans/find-violations';
import { findViolations, keyOf } from '../service-plans/find-violations';
import type { Proposal, Proposals, Rejection } from './proposal';
import { compareText } from '../../kernel/id-set';
import { whoseLicense } from '../holding/whose-license';
import { isInEffect, type Situation } from '../situation';

export type ResolvedProposals = {
  readonly accepted: readonly Proposal[];
  readonly rejected: ReadonlyMap<Proposal, Rejection>;
};

/**
 * Takes the proposals that can be taken together, looking at everything the user will hold. A violation that was
 * there before is not ours to repair and stops nothing; one that a proposal brings stops the least important
 * proposal that brings it.
 */
export function resolveProposals(
  situation: Situation,
  { proposals, staying }: Pick<Proposals, 'proposals' | 'staying'>,
  alreadyRejected: ReadonlyMap<Proposal, Rejection>,
): ResolvedProposals {
  const rejected = new Map(alreadyRejected);
  const accepted = () => proposals.filter((proposal) => !rejected.has(proposal));
  if (accepted().length === 0) return { accepted: [], rejected };
  const { learntConflicts } = situation.input;
  const before = plansAfter(situation, []);
  const old = new Set(findViolations(before, learntConflicts).map(keyOf));
  const findTrouble = () => {
    const after = plansAfter(situation, accepted());
    for (const violation of findViolations(after, learntConflicts)) {
      if (old.has(keyOf(violation))) continue;
      const culprit = findCulprit(situation, violation, accepted(), before, staying);
      if (culprit !== undefined) return culprit;
    }
    return undefined;
  };
  const conflicting: Proposal[] = [];
  for (let trouble = findTrouble(); trouble !== undefined; trouble = findTrouble()) {
    rejected.set(trouble.proposal, trouble.rejection);
    if (trouble.isConflict) conflicting.push(trouble.proposal);
  }
  // What stood in the way of one may have been stopped itself since.
  for (const proposal of conflicting.sort(byImportance)) {
    const rejection = rejected.get(proposal);
    rejected.delete(proposal);
    const trouble = findTrouble();
    if (trouble !== undefined && rejection !== undefined) {
      rejected.set(proposal, trouble.proposal === proposal ? trouble.rejection : rejection);
    }
  }
  return { accepted: accepted(), rejected };
}

function byImportance(a: Proposal, b: Proposal): number {
  return a.priority === b.priority ? compareText(a.skuId, b.skuId) : b.priority > a.priority ? 1 : -1;
}

/** The plans that are on once these proposals are taken. */
function plansAfter(situation: Situation, accepted: readonly Proposal[]): PlansOn {
  const { index, direct } = situation;
  const on = new Map<SkuId, Set<ServicePlanId>>();
  const remaining = (skuId: SkuId, off: Iterable<ServicePlanId>) => {
    const plans = new Set(index.allPlans(skuId));
    for (const plan of off) plans.delete(plan);
    return plans;
  };
  const removed = new Set(accepted.flatMap((proposal) => proposal.remove));
  for (const [skuId, license] of direct) {
    if (!removed.has(skuId) && isInEffect(license)) on.set(skuId, remaining(skuId, license.disabledPlans));
  }
  for (const { skuId, add, widen, narrow } of accepted) {
    if (add !== null) on.set(skuId, remaining(skuId, add));
    const plans = on.get(skuId);
    for (const plan of widen) plans?.add(plan);
    for (const plan of narrow) plans?.delete(plan);
  }
  for (const [skuId, licenses] of situation.inherited) {
    const plans = on.get(skuId) ?? new Set<ServicePlanId>();
    for (const license of licenses) {
      for (const plan of remaining(skuId, license.disabledPlans)) plans.add(plan);
    }
    on.set(skuId, plans);
  }
  return on;
}

type Trouble = {
  readonly proposal: Proposal;
  readonly rejection: Rejection;
  readonly isConflict: boolean;
};

function findCulprit(
  situation: Situation,
  violation: Violation,
  accepted: readonly Proposal[],
  before: PlansOn,
  staying: Proposals['staying'],
): Trouble | undefined {
  const { reasons } = situation;
  const brings = ({ skuId, plan }: PlanOfSku) =>
    before.get(skuId)?.has(plan) === true
      ? []
      : accepted.filter(
          (proposal) => proposal.skuId === skuId && (proposal.add !== null || proposal.widen.includes(plan)),
        );
  if (violation.kind === 'conflict') {
    const [one, two] = violation.sides;
    const culprits = [
      ...brings(one).map((proposal) => ({ proposal, mine: one, other: two })),
      ...brings(two).map((proposal) => ({ proposal, mine: two, other: one })),
    ].sort((a, b) => byImportance(a.proposal, b.proposal));
    const culprit = culprits.at(-1);
    if (culprit === undefined) return undefined;
    const { proposal, mine, other } = culprit;
    const rejection: Rejection =
      staying.get(other.skuId)?.has(other.plan) === true
        ? { outcome: 'grace', reason: reasons.conflictEnding(mine.plan, mine.skuId, other.plan, other.skuId) }
        : {
            outcome: 'blocked',
            reason: reasons.conflict(
              mine.plan,
              mine.skuId,
              other.plan,
              other.skuId,
              whoseLicense(situation, mine.skuId, other.skuId),
            ),
          };
    return { proposal, rejection, isConflict: true };
  }
  const { plan, anyOf } = violation;
  const dependant = brings(plan)[0];
  if (dependant !== undefined) {
    const reason = reasons.dependency(plan.plan, plan.skuId, anyOf);
    return { proposal: dependant, rejection: { outcome: 'blocked', reason }, isConflict: false };
  }
  for (const needed of anyOf) {
    for (const proposal of accepted) {
      const losing = [...proposal.remove, ...(proposal.narrow.includes(needed) ? [proposal.skuId] : [])].find(
        (skuId) => before.get(skuId)?.has(needed) === true,
      );
      if (losing === undefined) continue;
      const reason = reasons.neededBy(losing, needed, plan.plan, plan.skuId);
      return { proposal, rejection: { outcome: 'blocked', reason }, isConflict: false };
    }
  }
  return undefined;
}
