import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { childEnvironment, toAppSettings, toHostSettings } from '../local/app-settings';
import { projectRoot } from '../local/project-root';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { startMeasuredCloud } from './measuring/measured-cloud';
import type { MeasuredCloud } from './measuring/measured-cloud';
import type { IdleCount } from './measuring/idle-host';

/** It takes --small. */
export const hasSmallSize = true;

const minutes = { full: 60, small: 10 } as const;
/** Settings of the demo's cloud that make its timers faster than a deployment's. */
const faster = /^LICENSER_\w+_SCHEDULE$/;

type CostOf = (
  app: { users: number; memoryMB: number; alwaysReady: number },
  prices: unknown,
  usage: unknown,
) => readonly { readonly line: string; readonly dollars: number }[];

/**
 * An hour in which nothing happens, with the schedules of a deployment: how many executions, which Flex Consumption bills as
 * a second each at least, and what a month of such hours costs by the arithmetic of docs/cost.md. The timers' clock is
 * moved, so that the hour takes a minute; caches of seconds are warmer than they would be, so processor time is a
 * lower bound.
 *
 * @throws when the functions host does not get through the hour
 */
export async function benchIdle({ isSmall }: { readonly isSmall: boolean }): Promise<BenchResult> {
  const measured = await startMeasuredCloud({ quotaFactor: 1 });
  try {
    await measured.follow();
    // Its timers are the demo's.
    await measured.cloud.processes.functions.kill();
    const spent = isSmall ? minutes.small : minutes.full;
    const { runs, longestDeltaPauseMs, processorMs } = await runIdle(measured, spent);
    const executions = Object.values(runs).reduce((sum, count) => sum + count, 0);
    const dollars = await monthOf(runs, 60 / spent);
    const figures = {
      minutes: spent,
      ...Object.fromEntries(Object.entries(runs).map(([name, count]) => [`runs.${name}`, count])),
      executionsPerHour: (executions * 60) / spent,
      executionsPerMonth: (executions * 60 * 24 * 30) / spent,
      longestDeltaPauseMs,
      processorMsPerExecution: processorMs / executions,
      ...Object.fromEntries(dollars.map(([memory, sum]) => [`dollarsPerMonth.${memory}MB`, sum])),
    };
    return {
      figures: roundFigures(figures),
      targets: [
        makeTarget('dollarsPerMonth.512MB', '<=', 10, dollars[0]?.[1] ?? Infinity),
        makeTarget('longestDeltaPauseMs', '<=', 15_000, longestDeltaPauseMs),
      ],
    };
  } finally {
    await measured.stop();
  }
}

async function runIdle({ cloud }: MeasuredCloud, spent: number): Promise<IdleCount> {
  const root = projectRoot();
  const settings = Object.entries(toAppSettings(cloud.file, root)).filter(([name]) => !faster.test(name));
  const child = spawn(process.execPath, [join(__dirname, 'measuring', 'idle-host.js'), '--app-root', root], {
    env: {
      ...childEnvironment(process.env),
      ...Object.fromEntries(settings),
      ...toHostSettings(cloud.file),
      IDLE_MINUTES: String(spent),
      LOCAL_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  const last = out.trim().split('\n').at(-1);
  if (code !== 0 || last === undefined)
    throw new Error(`The idle host ended with ${String(code)}: ${err.slice(-2_000)}`);
  return JSON.parse(last) as IdleCount;
}

/** Dollars of executions a month, by memory; the census, once a night, may not fall into the hour. */
async function monthOf(
  runs: IdleCount['runs'],
  perHour: number,
): Promise<readonly (readonly [memoryMB: number, dollars: number])[]> {
  const folder = join(projectRoot(), 'scripts', 'cost');
  const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
  const { costOf } = (await import(pathToFileURL(join(folder, 'cost-of.mjs')).href)) as { costOf: CostOf };
  const timerRunsPerDay = {
    census: 1,
    ...Object.fromEntries(Object.entries(runs).map(([name, count]) => [name, count * perHour * 24])),
  };
  const usage = { ...json('usage.json'), timerRunsPerDay };
  return [512, 2048].map((memoryMB) => {
    const lines = costOf({ users: 0, memoryMB, alwaysReady: 0 }, json('prices.json'), usage);
    return [memoryMB, lines.find(({ line }) => line === 'executions, idle')?.dollars ?? Infinity] as const;
  });
}
