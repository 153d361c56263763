import type { RetryOptions } from '../app/programming-model';

export type RetryPolicy = {
  /** -1: without end. */
  readonly maxRetryCount: number;
  /** Wait before retry number `retry` (1 is the first), milliseconds. */
  delayMs(retry: number): number;
};

const seconds = (duration: { seconds?: number } | undefined, fallback: number) =>
  (duration?.seconds ?? fallback) * 1000;

/**
 * A function's retry policy; undefined: it has none.
 * Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retry-policies
 */
export function toRetryPolicy(options: RetryOptions | undefined): RetryPolicy | undefined {
  if (!options) return undefined;
  const maxRetryCount = options.maxRetryCount ?? 0;
  if (options.retryStrategy === 'exponentialBackoff') {
    const least = seconds(options.minimumInterval, 1);
    const most = seconds(options.maximumInterval, 60);
    return { maxRetryCount, delayMs: (retry) => Math.min(most, least * 2 ** Math.min(retry - 1, 30)) };
  }
  const delay = seconds(options.delayInterval, 0);
  return { maxRetryCount, delayMs: () => delay };
}
