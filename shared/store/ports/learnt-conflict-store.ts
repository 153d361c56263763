import type { LearntConflict, StoredLearntConflict } from '../../words/learnt-conflict';

/** What refusals of Graph taught about service plans. */
export interface LearntConflictStore {
  /** Kept once: learnt again, the first row stays. True: it is new. */
  learn(rule: StoredLearntConflict): Promise<boolean>;
  /** Oldest first. */
  list(): Promise<readonly StoredLearntConflict[]>;
  forget(rule: LearntConflict): Promise<void>;
}
