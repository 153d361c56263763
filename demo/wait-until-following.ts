import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the app follows changes (its delta position is stored), so that a sync's users are all new to it. */
export async function waitUntilFollowing(functionsOrigin: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last = 'no answer';
  while (performance.now() < deadline) {
    try {
      const response = await fetch(`${functionsOrigin}/api/health`);
      last = await response.text();
      const health = JSON.parse(last) as { ok: boolean; deltaPositionAt: string | null };
      if (health.ok && health.deltaPositionAt !== null) return;
    } catch (error) {
      last = String(error);
    }
    await sleep(100);
  }
  throw new Error(`The functions did not begin to follow changes within ${timeoutMs / 1000} s: ${last}`);
}
