import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, never for a time: polls until `look` gives something other than undefined or false. */
export async function waitUntil<Found>(
  what: string,
  look: () => Promise<Found | undefined | false>,
  timeoutMs = 30_000,
): Promise<Found> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs / 1_000} s: ${what}`);
    await sleep(50);
  }
}
