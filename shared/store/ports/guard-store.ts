import type { UserId } from '../../kernel/ids';

/** What a write counts for: at most one of each per user and 24 hours. */
export type GuardedWrite = { readonly reduction: boolean; readonly change: boolean };

/** Users counted in the last 24 hours. */
export type GuardWindow = { readonly reductions: number; readonly changes: number };

export type GuardReading = {
  readonly window: GuardWindow;
  /** What this user has been counted for already. */
  readonly counted: GuardedWrite;
};

/** The counters of the guards, shared by all processes: a write is counted before it is made. */
export interface GuardStore {
  read(userId: UserId): Promise<GuardReading>;
  /**
   * Counts the user for what is coming and has not been counted yet, by compare-and-set, if `allows` agrees to the
   * counters as they are at that moment. False: it does not, and nothing was counted.
   */
  reserve(
    userId: UserId,
    coming: GuardedWrite,
    allows: (window: GuardWindow, uncounted: GuardedWrite) => boolean,
  ): Promise<boolean>;
}
