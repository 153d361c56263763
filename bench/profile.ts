import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../local/project-root';
import { roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { bulkFigures, runBulk } from './measuring/bulk-run';
import type { BulkSize } from './measuring/bulk-run';
import { emptyWriteQuota } from './measuring/empty-write-quota';
import { latencyMs, startMeasuredCloud } from './measuring/measured-cloud';
import { CpuProfile, costByPlace, costliestFunctions } from './measuring/profile-figures';

/** It takes --small. */
export const hasSmallSize = true;

const sizes: Readonly<Record<'full' | 'small', BulkSize>> = {
  full: { users: 1_500, joiners: 25, joinerEveryMs: 1_500, quietMs: 120_000 },
  small: { users: 60, joiners: 2, joinerEveryMs: 500, quietMs: 3_000 },
};
const listed = 10;
const writingLimitMs = 60_000;

/**
 * Where the processor time of the functions goes while the write quota is used up: writes a CPU profile of the functions host
 * to `.build/functions.cpuprofile` (Chrome's and VS Code's profile views open it) and tells the ten costliest
 * functions and places. Sampling costs time itself: totals are those of `bench quota`.
 *
 * @throws when the cloud does not start or the profile is not written within a minute
 */
export async function benchProfile({ isSmall }: { readonly isSmall: boolean }): Promise<BenchResult> {
  const root = projectRoot();
  const file = join(root, '.build', 'functions.cpuprofile');
  mkdirSync(join(root, '.build'), { recursive: true });
  rmSync(file, { force: true });
  const measured = await startMeasuredCloud({
    quotaFactor: isSmall ? 4 : 1.5,
    settings: {
      NODE_OPTIONS: `--require "${join(__dirname, 'measuring', 'profiler.js')}"`,
      PROFILE_FILE: file,
    },
  });
  try {
    await measured.follow();
    await emptyWriteQuota(measured);
    await measured.setFaults({ latencyMs });
    const { pid } = measured.cloud.processes.functions;
    process.kill(pid, 'SIGUSR2');
    const run = await runBulk(measured, sizes[isSmall ? 'small' : 'full']);
    process.kill(pid, 'SIGUSR2');
    const profile = await readWhenWritten(file);
    const figures = {
      ...bulkFigures(measured, run),
      ...Object.fromEntries(
        costliestFunctions(profile, root, listed).map(({ name, share }) => [`function ${name}`, share]),
      ),
      ...Object.fromEntries(
        costByPlace(profile, root)
          .slice(0, listed)
          .map(({ name, share }) => [`place ${name}`, share]),
      ),
    };
    return { figures: roundFigures(figures), targets: [] };
  } finally {
    await measured.stop();
  }
}

async function readWhenWritten(file: string): Promise<CpuProfile> {
  const deadline = performance.now() + writingLimitMs;
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error(`No profile was written to ${file}`);
    await sleep(100);
  }
  return CpuProfile.parse(JSON.parse(readFileSync(file, 'utf8')));
}
