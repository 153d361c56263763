import { setTimeout as sleep } from 'node:timers/promises';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { median } from '../packages/emulator-kit/bench/median';
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
 * What a person who looks costs in a large tenant: each GET of the ops API beside one that only checks who calls (`/me`), by
 * the processor time of the functions host, which does nothing else. `/overview` is asked with another span each time, so that no
 * answer comes from its cache.
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

type Cost = { readonly processorMs: number; readonly p95Ms: number };

async function measure(
  { cloud, users }: BigCloud,
  recorder: Awaited<ReturnType<typeof startTableRecorder>>,
  calls: number,
) {
  const call = await makeOpsCaller(cloud.file);
  const { pid } = cloud.processes.functions;
  const cost = async (paths: readonly string[]): Promise<Cost> => {
    const before = usedMs(pid);
    const answers: OpsAnswer[] = [];
    for (const path of paths) answers.push(await call(path));
    return { processorMs: (usedMs(pid) - before) / paths.length, p95Ms: p95(answers.map(({ ms }) => ms)) };
  };
  const empties: number[] = [];
  const empty = async () => void empties.push((await cost(Array(calls * 10).fill('/me'))).processorMs);
  const overviews = Array.from({ length: calls * 2 }, (_none, index) => `/overview?hours=${24 + index}`);
  const gets = routes.filter(({ method, id }) => method === 'get' && id !== 'showOverview');
  const paths = gets.map(({ path }) => ({ path, full: pathOf(path, users[150]?.id ?? '') }));

  // Caches and the compiler of the engine are warm in an app that people look at.
  await cost(Array(50).fill('/me'));
  for (const { full: path } of paths) await cost([path]);
  await cost(overviews.slice(0, 5));
  recorder.take();
  await call('/overview?hours=700');
  const overviewTableRequests = recorder.take().length;

  await empty();
  const overview = await cost(overviews);
  const found: Record<string, Cost> = {};
  for (const [index, { path, full: asked }] of paths.entries()) {
    found[path] = await cost(Array(calls).fill(asked));
    if (index % 10 === 9) await empty();
    // The bucket of requests fills again.
    await sleep(50);
  }
  const emptyMs = median(empties);
  const [worst = '', worstCost] = Object.entries(found).sort(
    ([, a], [, b]) => b.processorMs - a.processorMs,
  )[0] ?? [undefined, undefined];
  return {
    worst,
    figures: {
      emptyProcessorMs: emptyMs,
      overviewTableRequests,
      overviewProcessorMs: overview.processorMs,
      overviewVersusEmpty: overview.processorMs / emptyMs,
      overviewP95Ms: overview.p95Ms,
      worstGetVersusEmpty: (worstCost?.processorMs ?? Number.NaN) / emptyMs,
      worstGetP95Ms: Math.max(...Object.values(found).map(({ p95Ms }) => p95Ms)),
      ...Object.fromEntries(
        Object.entries(found).map(([path, { processorMs }]) => [`versusEmpty${path}`, processorMs / emptyMs]),
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
