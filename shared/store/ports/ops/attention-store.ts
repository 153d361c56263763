import type { UserId } from '../../../kernel/ids';
import type { Attention, AttentionKind } from './attention';

/**
 * Users who are not done, by what they are: an index beside their rows, which are the truth. It may lag behind them for
 * some seconds; what a row contradicts is to be dropped by who reads it, and each census makes the index anew.
 */
export interface AttentionStore {
  put(kind: AttentionKind, entry: Attention): Promise<void>;
  remove(kind: AttentionKind, userId: UserId): Promise<void>;
  /** By user id, from the one behind `after` on. */
  list(
    kind: AttentionKind,
    options?: { readonly after?: string; readonly limit?: number },
  ): AsyncIterable<Attention>;
  /** In the order of `list`, at a fraction of its cost. `since`: null: an earlier version wrote it. */
  places(kind: AttentionKind): AsyncIterable<{ readonly userId: UserId; readonly since: number | null }>;
}
