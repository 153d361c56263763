import type { UserId } from '../../kernel/ids';
import type { Exception } from '../../words/exception';
import type { LedgerEntry } from '../../words/ledger';
import type { TimelineEntry } from '../../words/timeline';
import type { UserState } from '../../words/user-state';

/** Everything stored of one user. `etag` null: no row yet. */
export type UserRecord = {
  readonly userId: UserId;
  readonly etag: string | null;
  readonly state: UserState | null;
  readonly ledger: readonly LedgerEntry[];
  readonly exception: Exception | null;
};

export interface UserStore {
  /**
   * One query of the user's partition (state, ledger, exceptions; not the timeline).
   * @throws PermanentError `store/unreadable-user`: a row of it does not hold what it should
   */
  read(userId: UserId): Promise<UserRecord>;
  /**
   * One entity-group transaction, valid only while the state row is as `record` has it: state, the whole ledger
   * (entries that are missing are deleted), timeline rows (a row that exists already counts as recorded).
   * Answers the record as it is now.
   * @throws ConcurrencyError read again and start over
   */
  commit(
    record: UserRecord,
    change: {
      state: UserState;
      ledger?: readonly LedgerEntry[];
      /** null: lifted; undefined: stays as it is. */
      exception?: Exception | null;
      timeline?: readonly TimelineEntry[];
    },
  ): Promise<UserRecord>;
  /** Oldest first. */
  timeline(userId: UserId): Promise<readonly TimelineEntry[]>;
  /** Makes the index of `exceptions` say what the rows say: reads the whole table. */
  reindexExceptions(): Promise<void>;
  /**
   * All users with exceptions, also such as have ended, in no particular order. From an index beside the rows, which a
   * crash may leave behind them until it is made anew.
   */
  exceptions(): AsyncIterable<{ readonly userId: UserId; readonly exception: Exception }>;
  /** State rows with one of these outcomes, in no particular order. */
  listByOutcome(
    outcomes: readonly string[],
  ): AsyncIterable<{ readonly userId: UserId; readonly state: UserState }>;
  /** All state rows, in no particular order. This and every other list leaves out what cannot be read. */
  list(): AsyncIterable<{ readonly userId: UserId; readonly state: UserState }>;
  /**
   * Every user's rows but the timeline, in order of user id. For reports: a user who is written meanwhile may show
   * state and ledger of different versions. `onUnreadable`: a user who is left out because a row cannot be read.
   */
  records(onUnreadable?: (userId: UserId) => void): AsyncIterable<UserRecord>;
  /** Users of whom we granted something. Reads the keys of the whole table, so keep the answer. */
  countWithLedger(): Promise<number>;
}
