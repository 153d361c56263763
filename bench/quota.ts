import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { emptyWriteQuota } from './empty-write-quota';
import {
  followWrites,
  lastWrite,
  latencyMs,
  startMeasuredCloud,
  waitUntilQuiet,
  writesPerSecondAtOne,
} from './measured-cloud';
import type { MeasuredCloud } from './measured-cloud';
import { makeNewPeople } from './people';
import { measureBusy, measureProcesses } from './processor-time';
import { firstLicensing, licensingTimes, mean, quotaShare } from './write-figures';

/** It takes --small. */
export const hasSmallSize = true;

const sizes = {
  full: {
    users: 3_000,
    joiners: 50,
    joinerEveryMs: 1_500,
    quotaFactor: 2,
    probeUsers: 250,
    quietMs: 120_000,
  },
  small: { users: 150, joiners: 3, joinerEveryMs: 500, quotaFactor: 4, probeUsers: 0, quietMs: 3_000 },
} as const;

/** What a machine shows unthrottled is more than it keeps up beside everything else. */
const carriedShare = 0.75;

/**
 * How much of Graph's write quota the product uses when it has more to do than the quota allows: `users` in bulk, half
 * of them without a usage location, meanwhile `joiners` one by one. The bucket is emptied first, so that only its
 * refill counts. All by the embedded Graph's write log and counters.
 */
export async function benchQuota({ isSmall = false } = {}): Promise<BenchResult> {
  const size = isSmall ? sizes.small : sizes.full;
  const capacity = size.probeUsers === 0 ? Number.NaN : await probeCapacity(size.probeUsers);
  const carried = Math.floor((capacity * carriedShare * 10) / writesPerSecondAtOne) / 10;
  const quotaFactor = Number.isNaN(carried)
    ? size.quotaFactor
    : Math.max(0.1, Math.min(size.quotaFactor, carried));

  const measured = await startMeasuredCloud({ quotaFactor });
  try {
    await measured.follow();
    await emptyWriteQuota(measured);
    await measured.setFaults({ latencyMs });
    const run = await runBulk(measured, size);
    const figures = { quotaFactor, capacityWritesPerSecond: capacity, ...figuresOf(measured, run) };
    return {
      figures: roundFigures(figures),
      targets: [
        makeTarget('quotaShare', '>=', 0.95, figures.quotaShare),
        makeTarget('throttledShare', '<=', 0.01, figures.throttledShare),
        makeTarget('lost', '<=', 0, figures.lost),
        makeTarget('joinerToWrittenP95Ms', '<=', 5_000, figures.joinerToWrittenP95Ms),
        makeTarget('writesPerUser', '<=', 1, figures.writesPerUser),
        makeTarget('writesPerUserWithoutLocation', '<=', 2, figures.writesPerUserWithoutLocation),
        makeTarget('unitsPerUserToWrite', '<=', 7, figures.unitsPerUserToWrite),
        makeTarget('unitsPerUserInAll', '<=', 10, figures.unitsPerUserInAll),
      ],
    };
  } finally {
    await measured.stop();
  }
}

/** Writes per second with a quota that nothing reaches. */
async function probeCapacity(users: number): Promise<number> {
  const measured = await startMeasuredCloud({ quotaFactor: 100 });
  try {
    await measured.follow();
    await measured.setFaults({ latencyMs });
    await measured.addUsers(makeNewPeople({ count: users, first: 50_000, bareEvery: 2 }));
    const log = await followWrites(measured, 0, 60_000, (all) => firstLicensing(all).size >= users);
    const [first, last] = [log[0], log.at(-1)];
    if (first === undefined || last === undefined) throw new Error('The probe saw no write');
    return (log.length * 1_000) / (last.at - first.at);
  } finally {
    await measured.stop();
  }
}

type Run = {
  readonly users: readonly SyncedUser[];
  readonly bare: ReadonlySet<string>;
  readonly joiners: readonly SyncedUser[];
  readonly log: readonly WriteLogEntry[];
  readonly outcomes: ReadonlyMap<string, string | null>;
  readonly requests: number;
  readonly throttled: number;
  readonly units: number;
  readonly busy: number;
  readonly processes: Readonly<Record<string, number>>;
};

async function runBulk(measured: MeasuredCloud, size: (typeof sizes)['full' | 'small']): Promise<Run> {
  const { control } = measured;
  const after = await lastWrite(measured);
  const before = (await control.graphState()).counters;
  const busy = measureBusy();
  const processes = measureProcesses(measured);
  const people = makeNewPeople({ count: size.users, first: 10_000, bareEvery: 2 });
  const bare = new Set(people.filter((one) => !('usageLocation' in one)).map((one) => String(one['id'])));
  const users = await measured.addUsers(people);
  const joiners: SyncedUser[] = [];
  const joining = (async () => {
    for (const person of makeNewPeople({ count: size.joiners, first: 90_000, bareEvery: 0 })) {
      await sleep(size.joinerEveryMs);
      joiners.push(...(await measured.addUsers([person])));
    }
  })();
  const total = size.users + size.joiners;
  const deadlineMs = 60_000 + (2 * total * 1_000 * 1.5) / measured.writesPerSecond;
  const [log] = await Promise.all([
    followWrites(measured, after, deadlineMs, (all) => firstLicensing(all).size >= total),
    joining,
  ]);
  const share = busy();
  // The last looks of new users come 90 s after their writes.
  await waitUntilQuiet(measured, size.quietMs);
  const { counters } = await control.graphState();
  return {
    users,
    bare,
    joiners,
    log: [...log, ...(await control.writeLog(log.at(-1)?.seq ?? after))],
    outcomes: await measured.outcomes.read(),
    requests: counters.requests - before.requests,
    throttled: counters.throttled - before.throttled,
    units: counters.resourceUnits - before.resourceUnits,
    busy: share,
    processes: processes(),
  };
}

function figuresOf(measured: MeasuredCloud, run: Run) {
  const { users, joiners, bare, log } = run;
  const all = [...users, ...joiners];
  const first = firstLicensing(log);
  const writesOf = countBy(log);
  const withLocation = all.filter(({ id }) => !bare.has(id));
  const without = all.filter(({ id }) => bare.has(id));
  const writes = (some: readonly SyncedUser[]) => mean(some.map(({ id }) => writesOf.get(id) ?? 0));
  const joinerTimes = licensingTimes(joiners, log);
  const refused = log.filter((entry) => entry.status === 429).length;
  return {
    users: users.length,
    writes: log.length,
    quotaShare: quotaShare(log, measured.writesPerSecond),
    throttledCalls: run.throttled,
    throttledShare: run.throttled / run.requests,
    throttledShareOfWrites: refused / log.length,
    lost: all.filter(({ id }) => run.outcomes.get(id) !== 'licensed' || !first.has(id)).length,
    joinerToWrittenP50Ms: joinerTimes.p50,
    joinerToWrittenP95Ms: joinerTimes.p95,
    writesPerUser: writes(withLocation),
    writesPerUserWithoutLocation: writes(without),
    unitsPerUserToWrite: mean([...first.values()].map(({ units }) => units)),
    unitsPerUserInAll: run.units / all.length,
    requestsPerUser: run.requests / all.length,
    machineBusyShare: run.busy,
    ...Object.fromEntries(
      Object.entries(run.processes).map(([name, ms]) => [`processorMsPerUser.${name}`, ms / all.length]),
    ),
  };
}

/** Writes that Graph took, by user. */
function countBy(log: readonly WriteLogEntry[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { userId, status } of log) {
    if (status !== 429) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  }
  return counts;
}
