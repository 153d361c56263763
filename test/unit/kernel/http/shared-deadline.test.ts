import { describe, expect, it } from '@jest/globals';
import { makeSharedDeadline } from '../../../../shared/kernel/http/shared-deadline';

/** Milliseconds from `at` until the signal is aborted. */
const lasts = (at: number, signal: AbortSignal) => {
  return new Promise<number>((resolve) =>
    signal.addEventListener('abort', () => resolve(performance.now() - at)),
  );
};

describe('a shared deadline', () => {
  it('is one signal for all that begins within a step', () => {
    const deadline = makeSharedDeadline(60_000, 60_000);

    expect(deadline()).toBe(deadline());
  });

  it('gives each caller at least its time', async () => {
    const deadline = makeSharedDeadline(40, 20);
    const begun: Promise<number>[] = [];
    const signals = new Set<AbortSignal>();
    for (let call = 0; call < 6; call++) {
      const at = performance.now();
      const signal = deadline();
      signals.add(signal);
      begun.push(lasts(at, signal));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }

    const took = await Promise.all(begun);

    // Timers of Node.js round down to a whole millisecond.
    for (const ms of took) expect(ms).toBeGreaterThanOrEqual(39);
    expect(signals.size).toBeGreaterThan(1);
  });
});
