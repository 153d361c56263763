import type { UserId } from '../../kernel/ids';

/** One handling of a user that has begun: which process, for which message. */
export type HandlingNote = { readonly instance: string; readonly message: string; readonly at: number };
/** A process of the app and when it last said that it lives, milliseconds. */
export type InstanceRow = { readonly instance: string; readonly at: number };

/** Who is being handled where, while handling is noted, and which processes live. */
export interface HandlingStore {
  /** Handlings of this user that have begun and not ended, of every process. */
  notes(userId: UserId): Promise<readonly HandlingNote[]>;
  /** Stored before the work. */
  begin(userId: UserId, note: HandlingNote): Promise<void>;
  /** Forgets these notes and no others; one that is gone is fine. */
  forget(userId: UserId, notes: readonly HandlingNote[]): Promise<void>;
  /** Every process that has said it lives and has not said goodbye. */
  instances(): Promise<readonly InstanceRow[]>;
  /** This process lives. */
  beat(row: InstanceRow): Promise<void>;
  forgetInstance(instance: string): Promise<void>;
}
