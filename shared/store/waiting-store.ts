import type { SkuId, UserId } from '../kernel/ids';

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
  /** A seat has been set aside for this user until then (milliseconds); null: none. */
  readonly grantedUntil: number | null;
};

export interface WaitingStore {
  /** Lists the user, or brings the entry up to date; `since` of an entry that is there stays. */
  put(entry: Omit<WaitingEntry, 'grantedUntil'>): Promise<void>;
  /** The user no longer waits for these SKUs; all of them when none is named. */
  remove(userId: UserId, skuIds?: readonly SkuId[]): Promise<void>;
  grant(entry: WaitingEntry, until: number): Promise<void>;
  /** In order of service. */
  list(skuId: SkuId): AsyncIterable<WaitingEntry>;
  /** SKUs that somebody waits for, with how many. */
  counts(): Promise<ReadonlyMap<SkuId, number>>;
  ofUser(userId: UserId): Promise<readonly WaitingEntry[]>;
}

/** A named right that one process holds for a while: the drain, the census, feeding rollouts. */
export interface LeaseStore {
  /** False: somebody else holds it. Taking a lease one holds prolongs it. */
  take(name: string, holder: string, forMs: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
}
