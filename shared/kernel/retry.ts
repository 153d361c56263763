import type { Clock } from './clock';
import { TransientError, ensureError } from './errors';
import type { Random } from './random';

export type Backoff = {
  /** Wait before the second attempt, milliseconds. */
  readonly firstMs: number;
  /** No wait is longer than this, milliseconds (a Retry-After is obeyed even when it is). */
  readonly maxMs: number;
};

/** Exponential back-off with full jitter over its upper half: between half of and the whole of first × 2^n. */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const ceiling = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}

export type RetryOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  /** Stop retrying once this many milliseconds have passed since the first attempt. */
  readonly budgetMs: number;
  readonly signal?: AbortSignal;
  /** Default: TransientError only. */
  readonly isRetryable?: (error: Error) => boolean;
  /** What the other side asked for, milliseconds. Default: TransientError's retryAfterMs. */
  readonly retryAfterMs?: (error: Error) => number | undefined;
  readonly onRetry?: (error: Error, attempt: number, waitMs: number) => void;
};

/** Runs `work` until it succeeds, its error is not retryable, or the time budget is spent (then that error). */
export async function retry<Result>(
  work: (attempt: number) => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  const { clock, random, backoff, budgetMs, signal } = options;
  const isRetryable = options.isRetryable ?? ((error: Error) => error instanceof TransientError);
  const retryAfterMs =
    options.retryAfterMs ??
    ((error: Error) => (error instanceof TransientError ? error.retryAfterMs : undefined));
  const start = clock.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt);
    } catch (thrown) {
      const error = ensureError(thrown);
      if (!isRetryable(error)) throw error;
      const asked = retryAfterMs(error) ?? 0;
      const waitMs = Math.max(asked, backoffMs(backoff, attempt, random));
      if (clock.now() + waitMs - start > budgetMs) throw error;
      options.onRetry?.(error, attempt, waitMs);
      await clock.sleep(waitMs, signal);
    }
  }
}
