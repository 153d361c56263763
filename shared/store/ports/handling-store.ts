import type { UserId } from '../../kernel/ids';

/** Users whose handling has begun and not ended: one that ends the process leaves its row. */
export interface HandlingStore {
  /** How often handling this user has begun without ending. */
  unfinished(userId: UserId): Promise<number>;
  /** One more beginning; stored before the work. */
  begin(userId: UserId, at: number): Promise<void>;
  /** It ended, well or with an error: what was begun is forgotten. */
  finish(userId: UserId): Promise<void>;
}
