import type { SkuId, UserId } from '../../kernel/ids';

/**
 * Who waits for a seat of which SKU: an index over the users' rows that can be rebuilt from them. Order of service:
 * higher priority first, then whoever waits longer.
 */
export type WaitingEntry = {
  readonly skuId: SkuId;
  readonly userId: UserId;
  readonly userPrincipalName: string | null;
  readonly priority: number;
  readonly since: number;
  /** The SKU that stands in meanwhile. */
  readonly fallback: SkuId | null;
  /** A seat is set aside for this user until then (milliseconds); in the past: it was not used. null: none. */
  readonly grantedUntil: number | null;
  readonly etag: string;
};

/** How the waiting list of one SKU was served: what forecasts are made of. */
export type WaitingService = {
  /** Graph refused a seat although the book had one: until then nobody is given any. null: it did not. */
  readonly refusedUntil: number | null;
  /** Rounds of the drain that handed out seats, oldest first; the last 50. */
  readonly served: readonly { readonly at: number; readonly seats: number }[];
};

export interface WaitingStore {
  /** Lists the user, or brings the entry up to date; `since` and the grant of an entry that is there stay. */
  put(entry: Omit<WaitingEntry, 'grantedUntil' | 'etag'>): Promise<void>;
  /** The user no longer waits for these SKUs; all of them when none is named. */
  remove(userId: UserId, skuIds?: readonly SkuId[]): Promise<void>;
  /** Sets a seat aside, or takes it back (null). False: the entry is not as it was read. */
  grant(entry: WaitingEntry, until: number | null): Promise<boolean>;
  /** In order of service. */
  list(skuId: SkuId): AsyncIterable<WaitingEntry>;
  /** SKUs that somebody waits for: one short query each. */
  skus(): Promise<readonly SkuId[]>;
  /** The same with how many; reads the whole list. */
  counts(): Promise<ReadonlyMap<SkuId, number>>;
  /** The user's entries; `skuIds`: of these only, which is cheaper. */
  ofUser(userId: UserId, skuIds?: readonly SkuId[]): Promise<readonly WaitingEntry[]>;
  service(skuId: SkuId): Promise<WaitingService>;
  noteRefused(skuId: SkuId, until: number): Promise<void>;
  noteServed(skuId: SkuId, at: number, seats: number): Promise<void>;
}

/** A named right that one process holds for a while: the drain, the census, feeding rollouts. */
export interface LeaseStore {
  /** False: somebody else holds it. Taking a lease one holds prolongs it. */
  take(name: string, holder: string, forMs: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
}
