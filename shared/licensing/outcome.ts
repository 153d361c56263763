import type { SkuId } from '../kernel/ids';
import { compareText, sortedIds } from '../kernel/id-set';
import type { Outcome, SkuOutcome } from '../words/outcome';
import type { Reason } from '../words/reason';

/**
 * Of several outcomes the one that needs a person most is the user's: blocked (a person must act), held (a person
 * must approve), waiting (for a seat), grace (something will go), pinned (a person made an exception), licensed
 * (something was just given or changed), nothing (all is right).
 */
export const outcomePrecedence: readonly Outcome[] = [
  'failed',
  'blocked',
  'held',
  'waiting',
  'grace',
  'pinned',
  'licensed',
  'nothing',
  'outOfScope',
];

/** The outcome of these that needs a person most; `otherwise` for none. */
export function worstOutcome<Kind extends Outcome>(given: readonly Kind[], otherwise: Kind): Kind {
  return given.reduce<Kind>(
    (worst, one) => (outcomePrecedence.indexOf(one) < outcomePrecedence.indexOf(worst) ? one : worst),
    given[0] ?? otherwise,
  );
}

/** One outcome per SKU, the worst of what was said of it; sorted by SKU. */
export function mergeSkuOutcomes(said: readonly SkuOutcome[]): SkuOutcome[] {
  const bySku = new Map<SkuId, SkuOutcome>();
  for (const one of said) {
    const other = bySku.get(one.skuId);
    if (other === undefined) bySku.set(one.skuId, one);
    else if (other.outcome === one.outcome) {
      bySku.set(one.skuId, { ...other, reason: joinReasons(other.reason, one.reason) });
    } else {
      bySku.set(
        one.skuId,
        worstOutcome([other.outcome, one.outcome], 'nothing') === one.outcome ? one : other,
      );
    }
  }
  return [...bySku.values()].sort((a, b) => compareText(a.skuId, b.skuId));
}

function joinReasons(a: Reason, b: Reason): Reason {
  if (a.text === b.text) return a;
  return {
    ...a,
    code: a.code === b.code ? a.code : 'plans/changed',
    text: `${a.text} ${b.text}`,
    servicePlanIds: sortedIds([...(a.servicePlanIds ?? []), ...(b.servicePlanIds ?? [])]),
  };
}

/** What needs a person most comes first. */
export function sortReasons(skus: readonly SkuOutcome[]): Reason[] {
  return [...skus]
    .sort((a, b) => outcomePrecedence.indexOf(a.outcome) - outcomePrecedence.indexOf(b.outcome))
    .map((sku) => sku.reason);
}
