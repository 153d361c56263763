import type { Clock } from '../../emulator-kit/src/clock';
import { ensureError } from '../../emulator-kit/src/errors';
import type { RetryContext } from './app/programming-model';
import type { Invocation, Invoker } from './invoker';
import { toRetryPolicy } from './timers/retry-policy';

export type RetriedOptions = {
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly clock: Clock;
  /** Ends the waits between retries. */
  readonly stopping: AbortSignal;
};

/**
 * Runs a function with its retry policy; failures are in the log. `failed`: without a policy, or after its last retry.
 * `stopped`: it failed, and was to be tried again.
 */
export async function invokeWithRetries(
  invocation: Omit<Invocation, 'retry'>,
  { invoker, clock, stopping }: RetriedOptions,
): Promise<'done' | 'failed' | 'stopped'> {
  const policy = toRetryPolicy(invocation.function.metadata.retryOptions);
  let exception: RetryContext['exception'];
  for (let retryCount = 0; ; retryCount++) {
    const retry: RetryContext | undefined = policy && {
      retryCount,
      maxRetryCount: policy.maxRetryCount,
      ...(exception && { exception }),
    };
    try {
      await invoker.invoke({ ...invocation, ...(retry && { retry }) });
      return 'done';
    } catch (thrown) {
      exception = { message: ensureError(thrown).message };
    }
    if (!policy || (policy.maxRetryCount !== -1 && retryCount >= policy.maxRetryCount)) return 'failed';
    if (!stopping.aborted) await clock.sleep(policy.delayMs(retryCount + 1), stopping).catch(() => undefined);
    if (stopping.aborted) return 'stopped';
  }
}
