import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAbsoluteTarget, makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { bulkFigures, runBulk } from './measuring/bulk-run';
import type { BulkSize } from './measuring/bulk-run';
import { emptyWriteQuota } from './measuring/empty-write-quota';
import { latencyMs, startMeasuredCloud } from './measuring/measured-cloud';

/** It takes --small. */
export const hasSmallSize = true;

/** The smallest instance of Flex Consumption. https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#instance-sizes */
const instance = { cores: 0.25, megabytes: 512 } as const;

const sizes: Readonly<Record<'full' | 'small', BulkSize>> = {
  full: { users: 1_500, joiners: 30, joinerEveryMs: 2_500, quietMs: 120_000 },
  small: { users: 40, joiners: 2, joinerEveryMs: 1_000, quietMs: 3_000 },
};

/**
 * What the smallest instance of Flex Consumption carries of Graph's real write quota: one functions host, held to a quarter
 * of a core after its start, whose memory is watched. Broker, Graph and tables have the rest of the machine.
 *
 * @throws when the cloud does not start or one of its processes ends
 */
export async function benchSmallInstance({ isSmall }: { readonly isSmall: boolean }): Promise<BenchResult> {
  const measured = await startMeasuredCloud({ quotaFactor: 1, countsTableCalls: true });
  try {
    await measured.follow();
    await emptyWriteQuota(measured);
    await measured.setFaults({ latencyMs });
    const { pid } = measured.cloud.processes.functions;
    const release = limitProcess(pid);
    try {
      const run = await runBulk(measured, sizes[isSmall ? 'small' : 'full']);
      const memoryMegabytes = peakMegabytes(pid);
      const figures = { ...instance, ...bulkFigures(measured, run), memoryMegabytes };
      return {
        figures: roundFigures(figures),
        targets: [
          makeTarget('quotaShare', '>=', 0.95, figures.quotaShare),
          makeAbsoluteTarget('joinerToWrittenP95Ms', '<=', 3_000, figures.joinerToWrittenP95Ms),
          makeTarget('memoryMegabytes', '<=', instance.megabytes, memoryMegabytes),
          makeTarget('lost', '<=', 0, figures.lost),
        ],
      };
    } finally {
      await release();
    }
  } finally {
    await measured.stop();
  }
}

/** Holds a process to the instance's share of a core until the returned function is called. */
function limitProcess(pid: number): () => Promise<void> {
  const limiter = spawn(
    process.execPath,
    [join(__dirname, 'measuring', 'limit-process.js'), `${pid}`, `${instance.cores}`],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => limiter.once('close', () => resolve()));
  return async () => {
    limiter.stdin.end();
    await ended;
  };
}

/** The most memory that a process has held so far, in MB of 2^20 bytes; NaN where there is no /proc (proc(5)). */
function peakMegabytes(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1_024;
  } catch {
    return Number.NaN;
  }
}
