import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningCloud } from '../../local/cloud';
import { preciselyUsedMs } from '../measuring/processor-time';

/** What a host that does nothing uses within a second stays below this. */
const quietMs = 20;
const mostSeconds = 180;

/**
 * Runs the timer `observe` as Azure's admin address does, and waits until the functions host has nothing left to do: what an
 * app counts each minute is done between the measurements.
 * @throws Error it does not run, or the host does not come to rest
 */
export async function observeNow({ file, processes }: RunningCloud): Promise<void> {
  const { origin, masterKey } = file.functions;
  const { pid } = processes.functions;
  const { status } = await fetch(`${origin}/admin/functions/observe`, {
    method: 'POST',
    headers: { 'x-functions-key': masterKey, 'content-type': 'application/json' },
    body: '{}',
  });
  if (status !== 202) throw new Error(`observe cannot be run: ${String(status)}`);
  for (let passed = 0; passed < mostSeconds; passed++) {
    const before = preciselyUsedMs(pid);
    await sleep(1_000);
    if (preciselyUsedMs(pid) - before < quietMs) return;
  }
  throw new Error('The functions host does not come to rest');
}
