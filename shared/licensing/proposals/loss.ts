import type { SkuId } from '../../kernel/ids';
import { undecidedRule } from '../reasons/policy-reasons';
import { withoutEnding } from '../ledger';
import { describeLoss } from '../service-plans/services-lost';
import type { RuleMatch } from '../entitlement/match-rules';
import { isInEffect } from '../situation';
import type { OwnedLicense, Situation } from '../situation';
import type { Outcome } from '../../words/outcome';
import type { Reason } from '../../words/reason';
import type { LedgerEntry } from '../../words/ledger';
import { timing } from '../../kernel/timing';

/** What becomes of our license that the policy does not grant. */
export type Loss = {
  readonly state: 'kept' | 'grace' | 'due';
  readonly outcome: Extract<Outcome, 'nothing' | 'grace'>;
  readonly reason: Reason;
  readonly entry: LedgerEntry;
  /** In grace: when it ends, milliseconds. */
  readonly dueAt: number | null;
};

/** Grace counts from the first look that found the license not granted; any look that finds it granted resets it. */
export function judgeLoss(situation: Situation, skuId: SkuId, owned: OwnedLicense): Loss {
  const { input, reasons, entitlement, index } = situation;
  const { entry } = owned;
  const doubt = entitlement.undecided.get(skuId)?.[0] ?? doubtOfReplacement(situation, skuId);
  if (doubt !== undefined) {
    const reason = undecidedRule(doubt, index.skuName(skuId), skuId);
    return { state: 'kept', outcome: 'nothing', reason, entry, dueAt: null };
  }
  // A SKU that the policy names wrongly, or that was renamed, might be this very one.
  const unknown = entitlement.unknownSkus[0];
  if (unknown !== undefined) {
    const reason = reasons.removalUnsure(skuId, unknown.text);
    return { state: 'kept', outcome: 'nothing', reason, entry, dueAt: null };
  }
  if (entry.byPin === true) {
    const reason = reasons.exceptionEnded(skuId, describeLoss(situation, skuId));
    return { state: 'due', outcome: 'nothing', reason, entry, dueAt: null };
  }
  const { mode, graceMs } = input.policy.removal;
  if (mode === 'keep') {
    // Without a date: were the mode changed to `remove` one day, grace would begin on that day.
    const kept = withoutEnding(entry);
    return {
      state: 'kept',
      outcome: 'nothing',
      reason: reasons.removalKept(skuId),
      entry: kept,
      dueAt: null,
    };
  }
  const since = entry.notEntitledSince ?? input.now;
  const dueAt = since + Math.max(graceMs, timing.licensing.agreeingLooks.ms);
  const ending = { ...withoutEnding(entry), notEntitledSince: since };
  const lost = describeLoss(situation, skuId);
  return entry.notEntitledSince !== null && input.now >= dueAt
    ? {
        state: 'due',
        outcome: 'nothing',
        reason: reasons.removalDue(skuId, lost, since),
        entry: ending,
        dueAt: null,
      }
    : {
        state: 'grace',
        outcome: 'grace',
        reason: reasons.removalGrace(skuId, lost, dueAt),
        entry: ending,
        dueAt,
      };
}

/**
 * A rule that is not decided and may grant another SKU of an exclusive group of this one, which would come in its place:
 * without one of the group the user is not left. Each group is judged by itself.
 */
function doubtOfReplacement(situation: Situation, skuId: SkuId): RuleMatch | undefined {
  const { entitlement, exclusive } = situation;
  for (const group of exclusive.filter((one) => one.includes(skuId))) {
    const doubt = group
      .map((one) => entitlement.undecided.get(one)?.[0])
      .find((match) => match !== undefined);
    if (doubt !== undefined && !group.some((one) => willStay(situation, one))) return doubt;
  }
  return undefined;
}

/** Whether the user has this one for sure: another of our licenses that nothing grants may go as well. */
function willStay(situation: Situation, skuId: SkuId): boolean {
  const { direct, inherited, owned, excepted } = situation;
  if (situation.isWanted(skuId) || inherited.has(skuId)) return true;
  const license = direct.get(skuId);
  if (license === undefined || !isInEffect(license)) return false;
  return !owned.has(skuId) || (excepted.get(skuId) ?? null) !== null;
}

/** Whether a rule that is not decided, or a SKU that the policy names and the tenant does not know, might still grant it. */
export function isInDoubt({ entitlement }: Situation, skuId: SkuId): boolean {
  return entitlement.undecided.has(skuId) || entitlement.unknownSkus.length > 0;
}
