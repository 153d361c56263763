import { noLongerNeeded, systemClock } from './clock';
import type { Clock } from './clock';

/** Waits for the work, `mostMs` milliseconds at most; how it ends does not matter. Never throws. */
export async function within(
  work: Promise<unknown> | undefined,
  mostMs: number,
  clock: Clock = systemClock,
): Promise<void> {
  const limit = new AbortController();
  await Promise.race([Promise.allSettled([work]), clock.sleep(mostMs, limit.signal).catch(() => undefined)]);
  limit.abort(noLongerNeeded);
}
