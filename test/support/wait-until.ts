import { setTimeout as sleep } from 'node:timers/promises';

const firstPauseMs = 50;
/** Pauses grow to this: what is not there at once is seen a fifth of a second late, and looking costs little. */
const usualPauseMs = 200;
const mostPauseMs = 1_000;

/**
 * Waits for a condition, never for a time: polls until `look` gives something other than undefined or false. A look
 * that takes long is not repeated at once: it would slow down what it waits for.
 */
export async function waitUntil<Found>(
  what: string,
  look: () => Promise<Found | undefined | false>,
  timeoutMs = 120_000,
): Promise<Found> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(usualPauseMs, 1.5 * pauseMs)) {
    const startedAt = performance.now();
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs / 1_000} s: ${what}`);
    const lookMs = performance.now() - startedAt;
    await sleep(Math.min(mostPauseMs, Math.max(pauseMs, 4 * lookMs)));
  }
}
