import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../../../shared/kernel/clock';
import { PermanentError, TransientError } from '../../../shared/kernel/errors';
import { backoffMs, retry } from '../../../shared/kernel/retry';
import type { RetryOptions } from '../../../shared/kernel/retry';

/** Sleeps are over at once, and the time has moved on by as much. */
function makeSkippingClock(): Clock & { readonly slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
}
const transient = (retryAfterMs?: number) =>
  new TransientError('store/unavailable', 't', retryAfterMs === undefined ? {} : { retryAfterMs });

async function run(failures: readonly Error[], changes: Partial<RetryOptions> = {}) {
  const clock = makeSkippingClock();
  let attempts = 0;
  const outcome = await retry(
    async (attempt) => {
      attempts++;
      const failure = failures[attempt];
      if (failure !== undefined) throw failure;
      return 'done';
    },
    { clock, random: () => 1, backoff: { firstMs: 100, maxMs: 1_000 }, budgetMs: 60_000, ...changes },
  ).catch((error: unknown) => error);
  return { outcome, attempts, slept: clock.slept };
}

describe('retry', () => {
  it('tries again with growing pauses until it succeeds', async () => {
    const { outcome, slept } = await run([transient(), transient(), transient(), transient(), transient()]);

    expect(outcome).toBe('done');
    expect(slept).toEqual([100, 200, 400, 800, 1_000]);
  });

  it('does not try again what will fail again', async () => {
    const error = new PermanentError('store/refused', 'p');

    expect(await run([error])).toMatchObject({ outcome: error, attempts: 1 });
  });

  it('obeys the time the other side asked for, longer than its own longest pause', async () => {
    expect((await run([transient(5_000)])).slept).toEqual([5_000]);
  });

  it('gives up with the last error rather than wait past its budget', async () => {
    const error = transient(61_000);

    expect(await run([error])).toMatchObject({ outcome: error, attempts: 1, slept: [] });
  });

  it('takes other errors and other times when told how', async () => {
    const { outcome, slept } = await run([new Error('x')], {
      isRetryable: () => true,
      retryAfterMs: () => 3_000,
    });

    expect(outcome).toBe('done');
    expect(slept).toEqual([3_000]);
  });
});

describe('backoffMs', () => {
  it('stays in the upper half of its ceiling', () => {
    const backoff = { firstMs: 100, maxMs: 1_000 };

    expect(backoffMs(backoff, 2, () => 0)).toBe(200);
    expect(backoffMs(backoff, 2, () => 1)).toBe(400);
    expect(backoffMs(backoff, 1_000, () => 1)).toBe(1_000);
  });
});
