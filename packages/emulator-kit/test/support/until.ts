import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the condition holds; looks often, for conditions that come true within milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`Did not come true within ${timeoutMs} ms: ${String(condition)}`);
    await sleep(2);
  }
}
