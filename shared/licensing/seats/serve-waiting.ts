import type { SkuId, UserId } from '../../kernel/ids';
import { compareText } from '../../kernel/id-set';

/** A user without a seat of a SKU, as far as the order of service goes. Times in milliseconds. */
export type WaitingForSeat = {
  readonly skuId: SkuId;
  readonly userId: UserId;
  /** Of the grant that waits; a higher number is served first. */
  readonly priority: number;
  readonly since: number;
  /** A seat is reserved for the user until then; null: none. */
  readonly grantedUntil: number | null;
};

/** The order in which seats are given: higher priority, then the longer wait, then the lower user id. */
export function compareWaiting(a: WaitingForSeat, b: WaitingForSeat): number {
  return b.priority - a.priority || a.since - b.since || compareText(a.userId, b.userId);
}

function compareTurns(a: WaitingForSeat, b: WaitingForSeat): number {
  return (a.grantedUntil ?? 0) - (b.grantedUntil ?? 0) || compareWaiting(a, b);
}

/** The reservation still holds. It ends at its time: `now` itself is too late. */
export function isReserved({ grantedUntil }: Pick<WaitingForSeat, 'grantedUntil'>, now: number): boolean {
  return grantedUntil !== null && grantedUntil > now;
}

/**
 * Who gets a reservation now, in order of service, SKU by SKU: as many users as there are free seats, less those that
 * are reserved already. Pure, and whatever the order of the entries: with the same entries and seats the same users
 * are served. A user whose reservation ran out stands behind all others until it is taken back (null): a seat
 * must not be offered again and again to a user whose handling hangs.
 *
 * `free`: seats of a SKU that are free by the book; zero or less reserves nothing, and takes no reservation back.
 */
export function serveWaiting<Entry extends WaitingForSeat>(
  entries: Iterable<Entry>,
  free: (skuId: SkuId) => number,
  now: number,
): readonly Entry[] {
  const bySku = new Map<SkuId, Entry[]>();
  for (const entry of entries) {
    const ofSku = bySku.get(entry.skuId);
    if (ofSku === undefined) bySku.set(entry.skuId, [entry]);
    else ofSku.push(entry);
  }
  return [...bySku.keys()].sort(compareText).flatMap((skuId) => {
    const ofSku = bySku.get(skuId) ?? [];
    const open = ofSku.filter((entry) => !isReserved(entry, now)).sort(compareTurns);
    const seats = Math.max(0, free(skuId) - (ofSku.length - open.length));
    return open.slice(0, seats);
  });
}
