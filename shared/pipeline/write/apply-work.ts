import type { WritePermit } from './write-permit';

/** What the rounds of one message share. */
export type ApplyWork = {
  readonly permit: WritePermit;
  /** Versions of the row whose intent this worker wrote. */
  readonly own: Set<number>;
  /** What Graph refused in an earlier round, by class and operation. */
  readonly refusals: Map<string, number>;
  /** The message was sent as the trial of a pause of our own, or has taken the trial itself. */
  isTrial: boolean;
};

/** `again`: start over with fresh reads; `throttled`: the same, and it was no attempt. */
export type Carried = 'done' | 'again' | 'throttled';
