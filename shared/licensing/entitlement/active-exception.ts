import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { Exception } from '../../words/exception';

/** A SKU's state that a person fixed and that holds now. */
export type ExceptedSku = {
  /** null: must not be held. */
  readonly disabledPlans: readonly ServicePlanId[] | null;
  readonly why: string;
  /** An extra license: given beside what the policy says, and in place of a lesser one of its exclusive group. */
  readonly isExtra: boolean;
};

/** What of an exception holds at this time. */
export type ActiveException = {
  readonly skus: ReadonlyMap<SkuId, ExceptedSku>;
  /** Nothing is written to this user; null: something may be. */
  readonly frozen: { readonly why: string; readonly until: number | null } | null;
  /** When the first part of it ends, milliseconds; null: no part ends by itself. */
  readonly endsAt: number | null;
};

/** An extra license stands before the state that an undo fixed, which comes back when it ends. */
export function activeException(exception: Exception | null, now: number): ActiveException {
  if (exception === null) return { skus: new Map(), frozen: null, endsAt: null };
  const holds = (until: number | null) => until === null || until > now;
  const skus = new Map<SkuId, ExceptedSku>();
  const ends: number[] = [];
  const end = (until: number | null) => {
    if (until !== null) ends.push(until);
  };
  for (const { skuId, disabledPlans, extra } of exception.skus) {
    const { until, why } = extra ?? exception;
    if (!holds(until)) continue;
    end(until);
    const known = skus.get(skuId);
    if (known !== undefined && (known.isExtra || extra === undefined)) continue;
    skus.set(skuId, { disabledPlans, why, isExtra: extra !== undefined });
  }
  const frozen = exception.frozen !== undefined && holds(exception.frozen.until) ? exception.frozen : null;
  if (frozen !== null) end(frozen.until);
  return {
    skus,
    frozen: frozen === null ? null : { why: frozen.why, until: frozen.until },
    endsAt: ends.length === 0 ? null : Math.min(...ends),
  };
}
