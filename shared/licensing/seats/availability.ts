import { compareText, sortedIds } from '../../kernel/id-set';
import type { SkuId } from '../../kernel/ids';
import type { WantedSku } from '../entitlement/entitlement';
import { resolvePolicy } from '../entitlement/resolved-policy';
import type { Situation } from '../situation';
import type { Reason } from '../../words/reason';

/** Whether a new license of a SKU can be had now. */
export type Availability =
  | { readonly kind: 'available' }
  | { readonly kind: 'waiting'; readonly reason: Reason }
  | { readonly kind: 'blocked'; readonly reason: Reason };

/**
 * Subscriptions in these states take assignments (Warning: expired, still in service),
 * https://learn.microsoft.com/graph/api/resources/subscribedsku.
 */
const assignableStatus = new Set(['Enabled', 'Warning']);

/** Whether a wanted SKU can be given now: the SKU itself first, then its plans, then a seat. */
export function findAvailability(situation: Situation, wanted: WantedSku): Availability {
  const { skuId } = wanted;
  if (situation.input.catalogue.skuById(skuId) === undefined) {
    return { kind: 'blocked', reason: situation.reasons.skuMissing(skuId) };
  }
  const blocked = findSkuTrouble(situation, skuId);
  if (blocked !== null) return { kind: 'blocked', reason: blocked };
  const unsure = findUnsureNames(situation, wanted);
  if (unsure !== null) return { kind: 'blocked', reason: unsure };
  if (leavesNothingOn(wanted)) return { kind: 'blocked', reason: situation.reasons.allPlansOff(skuId) };
  const undecided = findUndecidedPlans(situation, wanted);
  if (undecided !== null) return { kind: 'blocked', reason: undecided };
  return findSeat(situation, skuId);
}

/**
 * What is not sure, or held as new, is off in a new license: one in which no plan is surely on is a seat spent on nothing,
 * for now. Null where all are off: leavesNothingOn.
 */
function findUndecidedPlans({ reasons }: Situation, { skuId, plans }: WantedSku): Reason | null {
  const verdicts = [...plans.values()];
  if (verdicts.length === 0 || verdicts.some(({ state }) => state === 'on')) return null;
  const open = verdicts.filter(({ state }) => state !== 'off');
  return open.length === 0 ? null : reasons.noPlanSure(skuId, sortedIds(open.flatMap(({ rules }) => rules)));
}

const nameCodes: ReadonlySet<string> = new Set(['policy/unknown-plan', 'policy/ambiguous-plan']);

/** A list of plans to switch off has a name that stands for nothing sure: a new license might switch on what was meant. */
function findUnsureNames({ input }: Situation, { skuId, plans }: WantedSku): Reason | null {
  const unsure = [...plans.values()].find(({ cause }) => cause === 'unsure-off');
  if (unsure === undefined) return null;
  const names = resolvePolicy(input.policy, input.catalogue).problems.filter(
    ({ code, rule }) => nameCodes.has(code) && rule !== undefined && unsure.rules.includes(rule),
  );
  // A fallback's doubt may be that of the SKU itself.
  const own = names.filter((one) => one.skuId === skuId || one.skuId === undefined);
  const [reason] = [...(own.length > 0 ? own : names)].sort((a, b) => compareText(a.text, b.text));
  return reason === undefined ? null : { ...reason, skuId };
}

/** The policy switches off every plan of this SKU: a mistake, or a waste. */
export function leavesNothingOn({ plans }: WantedSku): boolean {
  return plans.size > 0 && [...plans.values()].every((verdict) => verdict.state === 'off');
}

/** Why no license of this SKU can be written at all; null: it can. */
export function findSkuTrouble(situation: Situation, skuId: SkuId): Reason | null {
  const { input, reasons } = situation;
  const sku = input.catalogue.skuById(skuId);
  if (sku === undefined) return reasons.skuGone(skuId);
  if (sku.appliesTo !== 'User') return reasons.notForUsers(skuId);
  if (input.learntConflicts.unassignable?.includes(skuId)) return reasons.notAssignable(skuId);
  return assignableStatus.has(sku.capabilityStatus) ? null : reasons.notActive(skuId, sku.capabilityStatus);
}

/** A user who has the SKU from a group has its seat already. */
export function findSeat(situation: Situation, skuId: SkuId): Availability {
  const { input, reasons, inherited } = situation;
  if (inherited.has(skuId)) return { kind: 'available' };
  if (input.seats.free(skuId) <= 0) return { kind: 'waiting', reason: reasons.seatsExhausted(skuId) };
  return input.seats.listOnly(skuId)
    ? { kind: 'waiting', reason: reasons.seatsScarce(skuId) }
    : { kind: 'available' };
}
