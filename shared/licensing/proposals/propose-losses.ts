import type { SkuId } from '../../kernel/ids';
import { judgeLoss } from './loss';
import { exceptionPriority } from './proposal';
import { undecidedRule } from '../reasons/policy-reasons';
import type { Proposer } from './proposer';
import { higherSkus } from '../situation';

/** Our licenses that the policy does not grant and that nothing replaces. Answers when each is due, milliseconds. */
export function proposeLosses(proposer: Proposer): (number | null)[] {
  const { situation, keptFallbacks } = proposer;
  const dates: (number | null)[] = [];
  for (const [skuId, owned] of situation.owned) {
    if (situation.isWanted(skuId) || situation.excepted.has(skuId)) continue;
    // What stands in, or goes with its replacement, was spoken of there.
    if (keptFallbacks.has(skuId) || proposer.isRemoved(skuId)) continue;
    const loss = judgeLoss(situation, skuId, owned);
    proposer.keep(loss.entry);
    dates.push(loss.dueAt);
    if (loss.state !== 'due') proposer.say(skuId, loss.outcome, loss.reason);
    else if (situation.input.catalogue.skuById(skuId) === undefined) {
      proposer.say(skuId, 'blocked', situation.reasons.skuGone(skuId));
    } else {
      const outcomes = [{ skuId, outcome: loss.outcome, reason: loss.reason }];
      // The end of what a person gave was decided with it.
      const priority = owned.entry.byPin === true ? exceptionPriority : 0;
      proposer.propose(skuId, { remove: [skuId], reduction: true, priority, outcomes });
    }
  }
  return dates;
}

/** SKUs that only an undecided rule might grant, and that the user has not. */
export function reportUndecided(proposer: Proposer): void {
  const { situation } = proposer;
  const { entitlement, index } = situation;
  const has = (skuId: SkuId) =>
    situation.isWanted(skuId) || situation.direct.has(skuId) || situation.inherited.has(skuId);
  for (const [skuId, matches] of entitlement.undecided) {
    const match = matches.find((one) => one.rule.grants.some((grant) => grant.skuId === skuId));
    if (match === undefined || situation.excepted.has(skuId)) continue;
    // What is gone is said of the rules that match.
    if (situation.input.catalogue.skuById(skuId) === undefined) continue;
    if (has(skuId) || higherSkus(situation.exclusive, skuId).some(has)) continue;
    const reason = undecidedRule(match, index.skuName(skuId), skuId);
    proposer.say(skuId, 'blocked', reason);
  }
}
