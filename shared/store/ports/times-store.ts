import type { UserId } from '../../kernel/ids';

/** How long it took from a user's first being seen to these stages, milliseconds. */
export type TimeSample = {
  readonly userId: UserId;
  /** When the last of the stages was reached; its hour is the one the sample counts in. */
  readonly at: number;
  readonly stages: readonly (readonly [stage: 'decided' | 'written' | 'verified', ms: number])[];
};

export interface TimesStore {
  /** A user's sample of a stage counts once: one that is there already stays. */
  record(sample: TimeSample): Promise<void>;
  /** Samples of the hours from `from` on (milliseconds), hour by hour. */
  list(from: number, to: number): AsyncIterable<TimeSample>;
}
