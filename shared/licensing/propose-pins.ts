import type { ServicePlanId, SkuId } from '../kernel/ids';
import { findSeat, findSkuTrouble } from './availability';
import { sameIds } from './id-set';
import { pinPriority } from './proposal';
import type { Proposer } from './proposer';
import { describeLoss } from './services-lost';

/** A pin is a person's own decision for this user: it takes no grace, and only what is ours. */
export function proposePins(proposer: Proposer): void {
  for (const [skuId, disabledPlans] of proposer.situation.pinned) {
    if (disabledPlans === null) pinAbsent(proposer, skuId);
    else pinHeld(proposer, skuId, disabledPlans);
  }
}

function pinAbsent(proposer: Proposer, skuId: SkuId): void {
  const { situation } = proposer;
  const { write, input } = situation;
  const why = input.pin?.why ?? '';
  const owned = situation.owned.get(skuId);
  if (owned !== undefined) {
    proposer.keep(owned.entry);
    if (input.catalogue.skuById(skuId) === undefined) {
      proposer.say(skuId, 'blocked', write.skuGone(skuId));
      return;
    }
    const reason = write.pinRemoved(skuId, why, describeLoss(situation, skuId));
    proposer.propose(skuId, {
      remove: [skuId],
      reduction: true,
      priority: pinPriority,
      outcomes: [{ skuId, outcome: 'pinned', reason }],
    });
  } else if (situation.direct.has(skuId) || situation.inherited.has(skuId)) {
    proposer.say(skuId, 'pinned', write.pinNotOurs(skuId));
  } else {
    proposer.say(skuId, 'pinned', write.pinAbsent(skuId, why));
  }
}

function pinHeld(proposer: Proposer, skuId: SkuId, disabledPlans: readonly ServicePlanId[]): void {
  const { situation } = proposer;
  const { write, input, index } = situation;
  const why = input.pin?.why ?? '';
  const plans = index.userPlanSet(skuId);
  const off = disabledPlans.filter((plan) => plans.has(plan)).sort();
  const owned = situation.owned.get(skuId);
  if (owned !== undefined) {
    proposer.keep({ ...owned.entry, notEntitledSince: null });
    const trouble = sameIds(off, owned.off) ? null : findSkuTrouble(situation, skuId);
    if (trouble !== null) proposer.say(skuId, 'blocked', trouble);
    else {
      const changed = proposer.changePlans(skuId, off, {
        priority: pinPriority,
        outcome: 'pinned',
        say: () => write.pinApplied(skuId, why),
      });
      if (!changed) proposer.say(skuId, 'pinned', write.pinRight(skuId, why));
    }
  } else if (situation.direct.has(skuId) || situation.inherited.has(skuId)) {
    proposer.say(skuId, 'pinned', write.pinNotOurs(skuId));
  } else if (situation.entitlement.scope !== true) {
    proposer.find(write.pinOutOfScope(skuId));
  } else {
    const trouble = findSkuTrouble(situation, skuId);
    const seat = findSeat(situation, skuId);
    if (trouble !== null) proposer.say(skuId, 'blocked', trouble);
    else if (seat.kind !== 'available') proposer.say(skuId, seat.kind, seat.reason, { priority: 0 });
    else {
      const wanted = situation.entitlement.wanted.find((one) => one.skuId === skuId);
      proposer.own(skuId, wanted?.rules ?? []);
      const reason = write.pinApplied(skuId, why);
      proposer.propose(skuId, {
        add: off,
        priority: pinPriority,
        outcomes: [{ skuId, outcome: 'pinned', reason }],
      });
    }
  }
}
