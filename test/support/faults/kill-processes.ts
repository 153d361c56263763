import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessName } from '../../../local/cloud';
import type { Random } from '../../../shared/kernel/random';
import type { Disturb } from './disturbed-sync';

export type Kill = { readonly process: ProcessName; readonly atMs: number; readonly downMs: number };

export type KillPlan = {
  readonly random: Random;
  /** In this order, one kill each. */
  readonly processes: readonly ProcessName[];
  /** Work between a restart and the next kill, milliseconds. */
  readonly betweenMs: { readonly min: number; readonly max: number };
  /** How much longer than its restart takes a process is away, milliseconds. */
  readonly awayMs: { readonly min: number; readonly max: number };
};

/** SIGKILL and restart, again and again, while the sync has not settled; tells the kills that were made. */
export function killProcesses({ random, processes, betweenMs, awayMs }: KillPlan): Disturb<readonly Kill[]> {
  const pick = ({ min, max }: { min: number; max: number }) => min + Math.floor(random() * (max - min));
  return async (test, isSettled) => {
    const startedAt = performance.now();
    const kills: Kill[] = [];
    for (const name of processes) {
      await sleep(pick(betweenMs));
      if (isSettled()) break;
      const process = test.cloud.processes[name];
      const atMs = Math.round(performance.now() - startedAt);
      await process.kill('SIGKILL');
      await sleep(pick(awayMs));
      await process.restart();
      kills.push({ process: name, atMs, downMs: Math.round(performance.now() - startedAt - atMs) });
    }
    return kills;
  };
}
