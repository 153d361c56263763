import { setTimeout as sleep } from 'node:timers/promises';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { median } from '../packages/emulator-kit/bench/median';
import { timing } from '../shared/kernel/timing';
import { routes } from '../shared/ops-api/routes/all-routes';
import { startBigCloud } from './ops-cloud/big-cloud';
import type { BigCloud, BigCloudOptions } from './ops-cloud/big-cloud';
import { observeNow } from './ops-cloud/observe-now';
import { makeOpsCaller } from './ops-cloud/ops-caller';
import { seededIds } from './ops-cloud/seeded';
import { startTableRecorder } from './ops-cloud/table-recorder';
import { preciselyUsedMs } from './measuring/processor-time';

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

/** Functions that would take processor time meanwhile; `observe` runs between the measurements. */
const disabled = [
  ...['decide', 'apply', 'apply-bulk', 'dead-letters', 'census', 'census-walk', 'rollouts'],
  ...['waiting-list', 'users-delta', 'graph-subscription', 'operations'],
];
/** As in an app that is well, where `observe` runs each minute: what it saw is used for 65 s. */
const observedEveryMs = 50_000;
const targets = { overviewTableRequests: 12, overviewVersusEmpty: 5, worstGetVersusEmpty: 20 } as const;

/**
 * What people who look cost in a large tenant: each GET of the ops API beside one that only checks who calls (`/me`), by the
 * processor time of the functions host, which does nothing else but to observe now and then, between the measurements. Some answers are given to all who ask within 5 s; judged
 * is a single one, for which nothing is shared: it is asked for after that time, as are those of `/me` that it is compared with. What a
 * request costs on average while ten people look, each every ten seconds, stands beside it.
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
      settings: {
        LICENSER_TABLES_ENDPOINT: `http://127.0.0.1:${recorder.port}/licenserlocal`,
        LICENSER_OBSERVE_SCHEDULE: '0 0 0 1 1 *',
      },
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

/**
 * Processor time of one request, milliseconds: of a single one, and of one whose answer is shared; the longest wait. `isPaced`:
 * the single ones were asked seconds apart, when less of the processor's caches is left of the one before.
 */
type Cost = {
  readonly singleMs: number;
  readonly sharedMs: number;
  readonly p95Ms: number;
  readonly isPaced: boolean;
};

/** Ten people look, each every ten seconds. */
const requestsPerSecond = 1;

/** What a request costs on average while ten people look: one of those in the time of sharing is the first. */
function usual({ singleMs, sharedMs }: Cost, shareMs: number): number {
  const inThatTime = Math.max(1, (shareMs / 1_000) * requestsPerSecond);
  return (singleMs + (inThatTime - 1) * sharedMs) / inThatTime;
}

/** Answers, and what else a process remembers of the tables for seconds, are older than this. */
const longEnoughMs = Math.max(timing.ops.overview.ms, timing.sources.policyPointer.ms) + 100;

async function measure(
  { cloud, users }: BigCloud,
  recorder: Awaited<ReturnType<typeof startTableRecorder>>,
  calls: number,
) {
  const call = await makeOpsCaller(cloud.file);
  const { pid } = cloud.processes.functions;
  let observedAt = -Infinity;
  const observeInTime = async () => {
    if (performance.now() - observedAt < observedEveryMs) return;
    await observeNow(cloud);
    observedAt = performance.now();
  };
  const cost = async (path: string, count: number, pauseMs = 0) => {
    let processorMs = 0;
    const times: number[] = [];
    for (let number = 0; number < count; number++) {
      if (pauseMs > 0) {
        await sleep(pauseMs);
        await observeInTime();
        // Waking up belongs to no request.
        await call('/me');
      }
      const before = preciselyUsedMs(pid);
      times.push((await call(path)).ms);
      processorMs += preciselyUsedMs(pid) - before;
    }
    return { each: processorMs / count, times };
  };
  const both = async (path: string, singles: number, shareMs: number): Promise<Cost> => {
    const single = await cost(path, singles, shareMs === 0 ? 0 : longEnoughMs);
    const shared = shareMs === 0 ? single : await cost(path, calls);
    return {
      singleMs: single.each,
      sharedMs: shared.each,
      p95Ms: p95([...single.times, ...shared.times]),
      isPaced: shareMs > 0,
    };
  };
  // Asked as what it is compared with: at once after one another, and seconds apart.
  const paced = calls < 10 ? 2 : 4;
  const empties: number[] = [];
  const pacedEmpties: number[] = [];
  const empty = async () => {
    empties.push((await cost('/me', calls * 5)).each);
    pacedEmpties.push((await cost('/me', paced / 2, longEnoughMs)).each);
  };
  const gets = routes.filter(({ method, id }) => method === 'get' && id !== 'showOverview');

  await observeInTime();
  // The compiler of the engine has done its work in an app that people look at.
  await cost('/me', 50);
  for (let round = 0; round < 3; round++) {
    for (const { path } of gets) await cost(pathOf(path, users[150]?.id ?? ''), 1);
    await cost(`/overview?hours=${String(100 + round)}`, 1);
  }
  await observeInTime();
  await sleep(longEnoughMs);
  recorder.take();
  await call('/overview');
  const overviewTableRequests = recorder.take().length;

  await empty();
  const overview = await both('/overview', calls, timing.ops.overview.ms);
  await empty();
  const found: Record<string, Cost & { readonly usualMs: number }> = {};
  for (const [index, { path, sharedMs: shareMs = 0 }] of gets.entries()) {
    await observeInTime();
    const costs = await both(pathOf(path, users[150]?.id ?? ''), shareMs === 0 ? calls : paced, shareMs);
    found[path] = { ...costs, usualMs: usual(costs, shareMs) };
    if (index % 10 === 9) await empty();
  }
  const emptyMs = median(empties);
  const pacedEmptyMs = median(pacedEmpties);
  const versusEmpty = ({ singleMs, isPaced }: Cost) => singleMs / (isPaced ? pacedEmptyMs : emptyMs);
  const [worst = '', worstCost] =
    Object.entries(found).sort(([, a], [, b]) => versusEmpty(b) - versusEmpty(a))[0] ?? [];
  return {
    worst,
    figures: {
      emptyProcessorMs: emptyMs,
      emptyPacedProcessorMs: pacedEmptyMs,
      overviewTableRequests,
      overviewVersusEmpty: versusEmpty(overview),
      overviewSharedVersusEmpty: usual(overview, timing.ops.overview.ms) / emptyMs,
      overviewP95Ms: overview.p95Ms,
      worstGetVersusEmpty: worstCost === undefined ? Number.NaN : versusEmpty(worstCost),
      worstGetP95Ms: Math.max(...Object.values(found).map(({ p95Ms }) => p95Ms)),
      ...Object.fromEntries(
        Object.entries(found).map(([path, one]) => [`versusEmpty${path}`, versusEmpty(one)]),
      ),
      ...Object.fromEntries(
        gets
          .filter(({ sharedMs }) => sharedMs !== undefined)
          .map(({ path }) => [`sharedVersusEmpty${path}`, (found[path]?.usualMs ?? Number.NaN) / emptyMs]),
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
