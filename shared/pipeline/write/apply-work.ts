import type { WritePermit } from './write-permit';

/** What the rounds of one message share. */
export type ApplyWork = {
  readonly permit: WritePermit;
  /** Versions of the row whose intent this worker wrote. */
  readonly own: Set<number>;
  /** Versions of the row whose intent Graph refused: nothing has taken effect, and nothing will. */
  readonly refused: Set<number>;
  /** What Graph refused in an earlier round, by class and operation. */
  readonly refusals: Map<string, number>;
  /** The message was sent as the probe of a pause that the product set, or has taken the probe itself. */
  isProbe: boolean;
};
