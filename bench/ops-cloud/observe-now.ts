import { setTimeout as sleep } from 'node:timers/promises';
import { AzureNamedKeyCredential } from '@azure/data-tables';
import type { RunningCloud } from '../../local/cloud';
import { systemClock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import { systemRandom } from '../../shared/kernel/random';
import { recordRound } from '../../shared/pipeline/intake/delta-round';
import { makeTableStores } from '../../shared/store/tables/table-stores';
import { preciselyUsedMs } from '../measuring/processor-time';

/** What a host that does nothing uses within a second stays below this. */
const quietMs = 20;
const mostSeconds = 180;

/**
 * Runs the timer `observe` as Azure's admin address does, and waits until the functions host has nothing left to do: what an
 * app counts each minute is done between the measurements. A round of the deltas has just worked, as it has in an app that
 * is well.
 * @throws Error it does not run, or the host does not come to rest
 */
export async function observeNow({ file, processes }: RunningCloud): Promise<void> {
  const { tables } = file;
  const credential = new AzureNamedKeyCredential(tables.accountName, tables.accountKey);
  const options = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const { cursors } = makeTableStores({ endpoint: tables.endpoint, credential, ...options });
  await recordRound({ cursors, clock: systemClock }, null);
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
