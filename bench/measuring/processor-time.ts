import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import type { MeasuredCloud } from './measured-cloud';

/** Kernel clock ticks per second of /proc; 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** Milliseconds of processor time that a process has used, by tens; NaN where there is no /proc (proc(5)). */
export function usedMs(pid: number): number {
  return ticksOf(`${pid}`, [11, 12]);
}

/** Milliseconds that the given fields of a process's stat add up to, counted from behind its name (proc(5)). */
function ticksOf(process: string, wanted: readonly number[]): number {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (wanted.reduce((sum, at) => sum + Number(fields[at]), 0) * 1_000) / ticksPerSecond;
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
  const before = readProcessors();
  return () => {
    const now = readProcessors();
    return (now.busy - before.busy) / (now.all - before.all);
  };
}

/**
 * The answer tells how busy the processors have been since with what is not this process nor a child of it that has ended
 * by now: 0 to 1, of all processors. NaN where there is no /proc.
 */
export function measureBusyBeside(): () => number {
  const before = { ...readProcessors(), own: usedWithChildrenMs() };
  return () => {
    const now = readProcessors();
    const beside = now.busy - before.busy - (usedWithChildrenMs() - before.own);
    return Math.max(0, beside / (now.all - before.all));
  };
}

/** Milliseconds of all processors together: busy, and busy or idle. */
function readProcessors(): { readonly busy: number; readonly all: number } {
  return cpus().reduce(
    (sum, { times }) => {
      const busy = times.user + times.sys + times.nice + times.irq;
      return { busy: sum.busy + busy, all: sum.all + busy + times.idle };
    },
    { busy: 0, all: 0 },
  );
}

/** As usedMs of this process, its ended children and theirs included. */
function usedWithChildrenMs(): number {
  return ticksOf('self', [11, 12, 13, 14]);
}
