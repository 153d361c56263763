import type { SkuId } from '../../kernel/ids';
import type { Seats } from '../decision';
import type { SkuOutcome } from '../../words/outcome';

/** A seat that a decision would use if the waiting list had one for the user. */
export type SoughtSeat = {
  readonly skuId: SkuId;
  readonly priority: number;
  /** What stands in meanwhile. */
  readonly fallback: SkuId | null;
};

/** The waiting lists that a user with these outcomes belongs on. One place a SKU, at its highest priority. */
export function soughtSeats(
  skus: readonly (Omit<SkuOutcome, 'outcome' | 'reason'> & { readonly outcome: string })[],
): SoughtSeat[] {
  const sought = new Map<SkuId, SoughtSeat>();
  for (const { skuId, priority = 0, fallback = null, ...one } of skus) {
    for (const wanted of [...(one.outcome === 'waiting' ? [skuId] : []), ...(one.seeks ?? [])]) {
      const known = sought.get(wanted);
      if (known === undefined || known.priority < priority) {
        sought.set(wanted, { skuId: wanted, priority, fallback });
      }
    }
  }
  return [...sought.values()];
}

/**
 * Free seats for users without a reservation. A SKU is scarce when fewer than `plenty` seats are free or
 * a user waits for it: then only the waiting list gives seats.
 */
export function scarceSeats(book: Pick<Seats, 'free'>, plenty: number, waitedFor: ReadonlySet<SkuId>): Seats {
  return {
    free: (skuId) => book.free(skuId),
    listOnly: (skuId) => book.free(skuId) < plenty || waitedFor.has(skuId),
  };
}

/** Free seats for a user who has reservations for these SKUs. */
export function withReservations(seats: Seats, granted: ReadonlySet<SkuId>): Seats {
  return {
    // The book may have been read before another process made the reservation.
    free: (skuId) => Math.max(granted.has(skuId) ? 1 : 0, seats.free(skuId)),
    listOnly: (skuId) => !granted.has(skuId) && seats.listOnly(skuId),
  };
}
