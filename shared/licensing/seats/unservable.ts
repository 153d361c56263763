import type { SkuId } from '../../kernel/ids';
import type { SkuOutcome } from '../../words/outcome';
import type { DecideInput, Decision } from '../decision';
import { soughtSeats, withReservations } from './sought-seats';

/** SKUs that would not be written for a user although a seat were free, with what stands in the way. */
export type Unservable = ReadonlyMap<SkuId, Pick<SkuOutcome, 'outcome' | 'reason'>>;

export const noneUnservable: Unservable = new Map();

/**
 * Who cannot be served must not stand before those who can: a seat that is set aside for a user without a usage location,
 * or with a conflict, is of use to no user. So each seat that a decision seeks is tried: what would be decided if it were
 * there? `decide`: the decision as it is without this look.
 */
export function findUnservable(
  input: DecideInput,
  decision: Pick<Decision, 'skus'>,
  decide: (input: DecideInput) => Decision,
): Unservable {
  const sought = soughtSeats(decision.skus);
  if (sought.length === 0) return noneUnservable;
  const unservable = new Map<SkuId, Pick<SkuOutcome, 'outcome' | 'reason'>>();
  for (const { skuId } of sought) {
    const withSeat = decide({ ...input, seats: withReservations(input.seats, new Set([skuId])) });
    if (withSeat.operation?.add.some((license) => license.skuId === skuId)) continue;
    const trouble = withSeat.skus.find((one) => one.skuId === skuId && one.outcome !== 'waiting');
    if (trouble !== undefined) unservable.set(skuId, { outcome: trouble.outcome, reason: trouble.reason });
  }
  return unservable;
}

/** The outcomes, with what is to be solved first said first: the seat is sought when that is solved. */
export function withoutUnservable(outcomes: readonly SkuOutcome[], unservable: Unservable): SkuOutcome[] {
  if (unservable.size === 0) return [...outcomes];
  return outcomes.map((one): SkuOutcome => {
    const { seeks = [], ...rest } = one;
    const still = seeks.filter((skuId) => !unservable.has(skuId));
    const kept = still.length === 0 ? rest : { ...rest, seeks: still };
    const trouble = one.outcome === 'waiting' ? unservable.get(one.skuId) : undefined;
    if (trouble === undefined) return kept;
    const text = `${trouble.reason.text} After that: ${one.reason.text}`;
    return { ...kept, outcome: trouble.outcome, reason: { ...trouble.reason, text } };
  });
}
