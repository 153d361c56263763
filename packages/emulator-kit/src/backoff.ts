import type { Random } from './random';

export type Backoff = {
  /** Wait before the second attempt, milliseconds. */
  readonly firstMs: number;
  /** No wait is longer than this, milliseconds. */
  readonly maxMs: number;
};

/** Exponential back-off with jitter: between half of and the whole of first × 2^attempt, in milliseconds. */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const ceiling = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
