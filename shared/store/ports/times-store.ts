import type { TimeSample } from '../../words/time-sample';

/** Samples of how long users took to get their license. */
export interface TimesStore {
  /** A user's sample of a stage counts once: one that is there already stays. */
  record(sample: TimeSample): Promise<void>;
  /** Samples of the hours from `from` on (milliseconds), hour by hour. */
  list(from: number, to: number): AsyncIterable<TimeSample>;
}
