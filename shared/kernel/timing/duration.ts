/** One duration of the product: how long, and why. */
export type Duration = {
  /** Milliseconds. */
  readonly ms: number;
  /** One or two sentences: what it bounds, and why it is not shorter or longer. */
  readonly why: string;
  /** The page that the figure comes from, where there is one. */
  readonly source?: string;
};

/** Waits that grow: exponential back-off from `firstMs` to at most `maxMs` (see Backoff in retry.ts). */
export type GrowingDuration = {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly why: string;
  readonly source?: string;
};

/** The durations of one subject, by name. */
export type Durations = Readonly<Record<string, Duration | GrowingDuration>>;

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
