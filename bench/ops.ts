import { setTimeout as sleep } from 'node:timers/promises';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { median } from '../packages/emulator-kit/bench/median';
import { timing } from '../shared/kernel/timing';
import { routes } from '../shared/ops-api/routes/all-routes';
import { startBigCloud } from './ops-cloud/big-cloud';
import type { BigCloud, BigCloudOptions } from './ops-cloud/big-cloud';
import { makeOpsCaller } from './ops-cloud/ops-caller';
import type { OpsAnswer } from './ops-cloud/ops-caller';
import { seededIds } from './ops-cloud/seeded';
import { startTableRecorder } from './ops-cloud/table-recorder';
import { usedMs } from './processor-time';

/** It takes --small. */
export const hasSmallSize = true;

const full: BigCloudOptions = {
  users: 100_000,
  messages: { 'directory-changes': 60_000, 'license-changes-bulk': 40_000 },
  deadLetters: 5_000,
  rollouts: [20_000, 2_000, ...Array.from({ length: 18 }, () => 50)],
  auditEntries: 10_000,
  operations: 1_000,
  exceptions: 500,
  planLines: 20_000,
  failures: { unknown: 1_000 },
  sampleHours: 400,
};
const small: BigCloudOptions = {
  ...full,
  users: 2_000,
  messages: { 'directory-changes': 1_000, 'license-changes-bulk': 1_000 },
  deadLetters: 100,
  rollouts: [500, 50],
  auditEntries: 200,
  operations: 50,
  exceptions: 20,
  planLines: 500,
  failures: { unknown: 50 },
  sampleHours: 24,
};

/** Functions that would take processor time meanwhile. */
const disabled = [
  ...['decide', 'apply', 'apply-bulk', 'dead-letters', 'census', 'census-walk', 'rollouts'],
  ...['waiting-list', 'users-delta', 'graph-subscription', 'observe', 'operations'],
];
const targets = { overviewTableRequests: 12, overviewVersusEmpty: 5, worstGetVersusEmpty: 20 } as const;

/**
 * What people who look cost in a large tenant: each GET of the ops API beside one that only checks who calls (`/me`), by the
 * processor time of the functions host, which does nothing else. Long answers are shared for some seconds: judged is what a
 * request costs on average while ten people look, each every ten seconds; what the first costs stands beside it.
 */
export async function benchOps({ isSmall }: { readonly isSmall: boolean }): Promise<BenchResult> {
  let tablesPort = 0;
  const recorder = await startTableRecorder(() => tablesPort);
  let big: BigCloud | undefined;
  try {
    const began = performance.now();
    big = await startBigCloud({
      ...(isSmall ? small : full),
      disabled,
      settings: { LICENSER_TABLES_ENDPOINT: `http://127.0.0.1:${recorder.port}/licenserlocal` },
      onStarted: ({ tables }) => {
        tablesPort = Number(new URL(tables.endpoint).port);
      },
    });
    const seedSeconds = (performance.now() - began) / 1_000;
    const { figures, worst } = await measure(big, recorder, isSmall ? 5 : 15);
    process.stderr.write(`The most expensive GET is ${worst}.\n`);
    return {
      figures: roundFigures({ seedSeconds, ...figures }),
      targets: Object.entries(targets).map(([key, value]) =>
        makeTarget(key, '<=', value, figures[key] ?? Number.NaN),
      ),
    };
  } finally {
    await big?.cloud.stop();
    await recorder.close();
  }
}

/** Processor time of one request, milliseconds: of the first, and of one whose answer is shared; the longest wait of both. */
type Cost = { readonly coldMs: number; readonly warmMs: number; readonly p95Ms: number };

/** Ten people look, each every ten seconds. */
const requestsPerSecond = 1;

/** What a request costs on average while ten people look: one of those in the time of sharing is the first. */
function usual({ coldMs, warmMs }: Cost, sharedMs: number): number {
  const inThatTime = Math.max(1, (sharedMs / 1_000) * requestsPerSecond);
  return (coldMs + (inThatTime - 1) * warmMs) / inThatTime;
}

async function measure(
  { cloud, users }: BigCloud,
  recorder: Awaited<ReturnType<typeof startTableRecorder>>,
  calls: number,
) {
  const call = await makeOpsCaller(cloud.file);
  const { pid } = cloud.processes.functions;
  const cost = async (paths: readonly string[], pauseMs = 0) => {
    let processorMs = 0;
    const answers: OpsAnswer[] = [];
    for (const path of paths) {
      await sleep(pauseMs);
      const before = usedMs(pid);
      answers.push(await call(path));
      processorMs += usedMs(pid) - before;
    }
    return { each: processorMs / paths.length, times: answers.map(({ ms }) => ms) };
  };
  const times = (path: string, count: number) => Array<string>(count).fill(path);
  const empties: number[] = [];
  const empty = async () => void empties.push((await cost(times('/me', calls * 10))).each);
  // Another span each time: its answer is in no cache.
  const overviews = Array.from({ length: calls * 2 }, (_none, index) => `/overview?hours=${24 + index}`);
  const gets = routes.filter(({ method, id }) => method === 'get' && id !== 'showOverview');

  // Caches and the compiler of the engine are warm in an app that people look at.
  await cost(times('/me', 50));
  for (const { path } of gets) await cost([pathOf(path, users[150]?.id ?? '')]);
  await cost(overviews.slice(0, 5));
  recorder.take();
  await call('/overview?hours=700');
  const overviewTableRequests = recorder.take().length;

  await empty();
  const cold = await cost(overviews);
  const warm = await cost(times('/overview?hours=700', calls));
  const overview = { coldMs: cold.each, warmMs: warm.each, p95Ms: p95(cold.times) };
  const found: Record<string, Cost & { readonly usualMs: number }> = {};
  for (const [index, { path, sharedMs = 0 }] of gets.entries()) {
    const asked = pathOf(path, users[150]?.id ?? '');
    const first =
      sharedMs === 0 ? await cost(times(asked, calls)) : await cost(times(asked, 3), sharedMs + 100);
    const next = sharedMs === 0 ? first : await cost(times(asked, calls));
    const costs = { coldMs: first.each, warmMs: next.each, p95Ms: p95([...first.times, ...next.times]) };
    found[path] = { ...costs, usualMs: usual(costs, sharedMs) };
    if (index % 10 === 9) await empty();
  }
  const emptyMs = median(empties);
  const [worst = '', worstCost] =
    Object.entries(found).sort(([, a], [, b]) => b.usualMs - a.usualMs)[0] ?? [];
  return {
    worst,
    figures: {
      emptyProcessorMs: emptyMs,
      overviewTableRequests,
      overviewVersusEmpty: usual(overview, timing.ops.overview.ms) / emptyMs,
      overviewFirstVersusEmpty: overview.coldMs / emptyMs,
      overviewP95Ms: overview.p95Ms,
      worstGetVersusEmpty: (worstCost?.usualMs ?? Number.NaN) / emptyMs,
      worstGetP95Ms: Math.max(...Object.values(found).map(({ p95Ms }) => p95Ms)),
      ...Object.fromEntries(
        Object.entries(found).map(([path, { usualMs }]) => [`versusEmpty${path}`, usualMs / emptyMs]),
      ),
      ...Object.fromEntries(
        gets
          .filter(({ sharedMs }) => sharedMs !== undefined)
          .map(({ path }) => [`firstVersusEmpty${path}`, (found[path]?.coldMs ?? Number.NaN) / emptyMs]),
      ),
    } as Record<string, number>,
  };
}

/** The path of a route with things that are there. */
function pathOf(path: string, user: string): string {
  const values: Readonly<Record<string, string>> = {
    queue: 'directory-changes',
    subject: user,
    user,
    hash: 'active',
    sku: 'EMS',
    rollout: seededIds.rollout,
    id: path.startsWith('/plans') ? seededIds.plan : 'none',
  };
  const query = path === '/attention' ? '?kind=waiting' : '';
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(values[name] ?? '')) + query;
}

function p95(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
