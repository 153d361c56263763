import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import type { MeasuredCloud } from './measured-cloud';

/** Kernel clock ticks per second of /proc; 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** Milliseconds of processor time that a process has used, by tens; NaN where there is no /proc (proc(5)). */
export function usedMs(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
  } catch {
    return Number.NaN;
  }
}

/**
 * As usedMs, to the nanosecond, of the threads that live: enough for one request
 * (https://docs.kernel.org/scheduler/sched-stats.html). By tens where the kernel does not count so.
 */
export function preciselyUsedMs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const used = threads.map((id) =>
      Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
    );
    return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
  } catch {
    return usedMs(pid);
  }
}

/** The answer tells the milliseconds that each process of the cloud has used since. */
export function measureProcesses({ cloud }: MeasuredCloud): () => Readonly<Record<string, number>> {
  const read = () => Object.entries(cloud.processes).map(([name, { pid }]) => [name, usedMs(pid)] as const);
  const before = new Map(read());
  return () => Object.fromEntries(read().map(([name, ms]) => [name, ms - (before.get(name) ?? 0)]));
}

/** The answer tells how busy the processors have been since, whatever with: 0 to 1. */
export function measureBusy(): () => number {
  const read = () =>
    cpus().reduce(
      (sum, { times }) => {
        const busy = times.user + times.sys + times.nice + times.irq;
        return { busy: sum.busy + busy, all: sum.all + busy + times.idle };
      },
      { busy: 0, all: 0 },
    );
  const before = read();
  return () => {
    const now = read();
    return (now.busy - before.busy) / (now.all - before.all);
  };
}
