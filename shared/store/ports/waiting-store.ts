import type { SkuId, UserId } from '../../kernel/ids';
import type { WaitingEntry, WaitingService } from '../../words/waiting';

/** The waiting lists, and how they were served. */
export interface WaitingStore {
  /** Lists the user, or brings the entry up to date; `since` and the reservation of an entry that is there stay. */
  put(entry: Omit<WaitingEntry, 'grantedUntil' | 'etag'>): Promise<void>;
  /** The user no longer waits for these SKUs; all of them when none is named. */
  remove(userId: UserId, skuIds?: readonly SkuId[]): Promise<void>;
  /** Reserves a seat until a time (milliseconds), or releases it (null). False: the entry is not as it was read. */
  reserve(entry: WaitingEntry, until: number | null): Promise<boolean>;
  /** In order of service. */
  list(skuId: SkuId): AsyncIterable<WaitingEntry>;
  /** SKUs that users wait for: one short query each. */
  skus(): Promise<readonly SkuId[]>;
  /** The same with how many; reads the whole list. */
  counts(): Promise<ReadonlyMap<SkuId, number>>;
  /** The user's entries; `skuIds`: of these only, which is cheaper. */
  ofUser(userId: UserId, skuIds?: readonly SkuId[]): Promise<readonly WaitingEntry[]>;
  service(skuId: SkuId): Promise<WaitingService>;
  noteRefused(skuId: SkuId, until: number): Promise<void>;
  /** A round: so many seats had come free; `left`: so many are left for no user yet. */
  noteServed(skuId: SkuId, at: number, seats: number, left?: number): Promise<void>;
}
