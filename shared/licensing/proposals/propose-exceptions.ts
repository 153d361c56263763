import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { ExceptedSku } from '../entitlement/active-exception';
import { findSeat, findSkuTrouble } from '../seats/availability';
import { sameIds } from '../../kernel/id-set';
import { withoutEnding } from '../ledger';
import { exceptionPriority } from './proposal';
import type { Proposer } from './proposer';
import { describeLoss, describeServicePlanLoss } from '../service-plans/services-lost';
import { isLower, isShown } from '../situation';
import type { LedgerEntry } from '../../words/ledger';

/** An exception is a person's own decision for this user: it takes no grace, and only what is ours. */
export function proposeExceptions(proposer: Proposer): void {
  for (const [skuId, excepted] of proposer.situation.exception.skus) {
    if (excepted.disabledPlans === null) proposeAbsent(proposer, skuId, excepted);
    else proposeHeld(proposer, skuId, excepted.disabledPlans, excepted);
  }
}

function proposeAbsent(proposer: Proposer, skuId: SkuId, { why }: ExceptedSku): void {
  const { situation } = proposer;
  const { reasons, input } = situation;
  const owned = situation.owned.get(skuId);
  if (owned !== undefined) {
    proposer.keep(owned.entry);
    if (input.catalogue.skuById(skuId) === undefined) {
      proposer.say(skuId, 'blocked', reasons.skuGone(skuId));
      return;
    }
    const reason = reasons.exceptionRemoved(skuId, why, describeLoss(situation, skuId));
    proposer.propose(skuId, {
      remove: [skuId],
      reduction: true,
      priority: exceptionPriority,
      outcomes: [{ skuId, outcome: 'pinned', reason }],
    });
  } else if (situation.direct.has(skuId) || situation.inherited.has(skuId)) {
    proposer.say(skuId, 'pinned', reasons.exceptionNotOurs(skuId));
  } else {
    proposer.say(skuId, 'pinned', reasons.exceptionAbsent(skuId, why));
  }
}

function proposeHeld(
  proposer: Proposer,
  skuId: SkuId,
  disabledPlans: readonly ServicePlanId[],
  excepted: ExceptedSku,
): void {
  const { situation } = proposer;
  const { reasons, index } = situation;
  const { why } = excepted;
  const plans = index.userPlanSet(skuId);
  const off = disabledPlans.filter((plan) => plans.has(plan)).sort();
  const owned = situation.owned.get(skuId);
  if (owned !== undefined) {
    proposer.keep(keptByException(proposer, withoutEnding(owned.entry)));
    const trouble = sameIds(off, owned.off) ? null : findSkuTrouble(situation, skuId);
    if (trouble !== null) proposer.say(skuId, 'blocked', trouble);
    else {
      const changed = proposer.changePlans(skuId, off, {
        priority: exceptionPriority,
        outcome: 'pinned',
        say: (plans, on) =>
          reasons.exceptionApplied(skuId, why, on ? '' : describeServicePlanLoss(situation, skuId, plans)),
      });
      if (!changed) proposer.say(skuId, 'pinned', reasons.exceptionRight(skuId, why));
    }
  } else if (situation.direct.has(skuId) || situation.inherited.has(skuId)) {
    proposer.say(skuId, 'pinned', reasons.exceptionNotOurs(skuId));
  } else if (situation.entitlement.scope !== true) {
    proposer.find(reasons.exceptionOutOfScope(skuId));
  } else {
    const trouble = findSkuTrouble(situation, skuId);
    const seat = findSeat(situation, skuId);
    if (trouble !== null) proposer.say(skuId, 'blocked', trouble);
    else if (seat.kind !== 'available') proposer.say(skuId, seat.kind, seat.reason, { priority: 0 });
    else proposeGiven(proposer, skuId, off, excepted);
  }
}

/** A new license; an extra one takes the place of what is ours and stands below it in an exclusive group. What is gone stays. */
function proposeGiven(
  proposer: Proposer,
  skuId: SkuId,
  off: readonly ServicePlanId[],
  { why, isExtra }: ExceptedSku,
): void {
  const { situation } = proposer;
  const { reasons, input, owned, exclusive, excepted } = situation;
  const wanted = situation.entitlement.wanted.find((one) => one.skuId === skuId);
  proposer.keep({
    skuId,
    disabledByUs: [],
    rules: wanted?.rules ?? [],
    policyHash: input.policy.hash,
    adopted: false,
    notEntitledSince: null,
    ...(wanted === undefined ? { byPin: true } : {}),
  });
  const replaced = isExtra
    ? [...owned.keys()]
        .filter(
          (other) => isLower(exclusive, other, skuId) && isShown(situation, other) && !excepted.has(other),
        )
        .sort()
    : [];
  proposer.propose(skuId, {
    add: off,
    remove: replaced,
    priority: exceptionPriority,
    outcomes: [
      { skuId, outcome: 'pinned', reason: reasons.exceptionApplied(skuId, why) },
      ...replaced.map((other) => ({
        skuId: other,
        outcome: 'nothing' as const,
        reason: reasons.superseded(other, skuId),
      })),
    ],
  });
}

/** What a rule grants by now is no longer the pin's alone. */
function keptByException(proposer: Proposer, entry: LedgerEntry): LedgerEntry {
  if (entry.byPin === undefined || !proposer.situation.isWanted(entry.skuId)) return entry;
  const { byPin: _, ...rest } = entry;
  return rest;
}
