import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import type { CallCounts } from './count-requests';
import { followWrites, lastWrite, waitUntilQuiet } from './measured-cloud';
import type { MeasuredCloud } from './measured-cloud';
import { makeNewPeople } from './people';
import { measureBusy, measureProcesses } from './processor-time';
import { firstLicensing, licensingTimes, mean, quotaShare } from './write-figures';

/** How much a run has to do, and how long it waits for the last looks (milliseconds). */
export type BulkSize = {
  readonly users: number;
  readonly joiners: number;
  readonly joinerEveryMs: number;
  readonly quietMs: number;
};

/** What was seen of one run: users, Graph's write log and counters, processor time by process (milliseconds). */
export type BulkRun = {
  readonly users: readonly SyncedUser[];
  readonly bare: ReadonlySet<string>;
  readonly joiners: readonly SyncedUser[];
  readonly log: readonly WriteLogEntry[];
  readonly outcomes: ReadonlyMap<string, string | null>;
  readonly requests: number;
  readonly throttled: number;
  readonly units: number;
  /** Requests of the functions host to the tables; undefined where they are not counted. */
  readonly tableCalls: CallCounts | undefined;
  /** Messages that the broker has delivered, repeated ones included. */
  readonly messages: number;
  readonly busy: number;
  readonly processes: Readonly<Record<string, number>>;
};

/**
 * `users` new users at once, half of them without a usage location, meanwhile `joiners` one by one; returns when all
 * are licensed, or when the quota would have allowed it one and a half times over, and nothing is queued any more.
 */
export async function runBulk(measured: MeasuredCloud, size: BulkSize): Promise<BulkRun> {
  const { control } = measured;
  const after = await lastWrite(measured);
  const before = (await control.graphState()).counters;
  const callsBefore = await measured.tableCalls();
  const messagesBefore = await deliveredMessages(measured);
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
  // Before anything is asked that costs the processes something.
  const used = processes();
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
    tableCalls: callsSince(callsBefore, await measured.tableCalls()),
    messages: (await deliveredMessages(measured)) - messagesBefore,
    busy: share,
    processes: used,
  };
}

async function deliveredMessages({ control }: MeasuredCloud): Promise<number> {
  const queues = Object.values(await control.queueCounters());
  return queues.reduce((sum, { received }) => sum + received, 0);
}

/** The figures of a run, all from Graph's write log, the counters and the kernel's processor times. */
export function bulkFigures(measured: MeasuredCloud, run: BulkRun) {
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
    joinerToWrittenP99Ms: joinerTimes.p99,
    writesPerUser: writes(withLocation),
    writesPerUserWithoutLocation: writes(without),
    unitsPerUserToWrite: mean([...first.values()].map(({ units }) => units)),
    unitsPerUserInAll: run.units / all.length,
    requestsPerUser: run.requests / all.length,
    ...callFigures(run.tableCalls, all.length),
    messagesPerUser: run.messages / all.length,
    machineBusyShare: run.busy,
    ...Object.fromEntries(
      Object.entries(run.processes).map(([name, ms]) => [`processorMsPerUser.${name}`, ms / all.length]),
    ),
  };
}

function callsSince(before: CallCounts | undefined, now: CallCounts | undefined): CallCounts | undefined {
  return now && new Map([...now].map(([kind, count]) => [kind, count - (before?.get(kind) ?? 0)]));
}

/** Table calls a user in all, and of each kind that a user in ten needs at least. */
function callFigures(calls: CallCounts | undefined, users: number): Readonly<Record<string, number>> {
  const perUser = [...(calls ?? [])].map(([kind, count]) => [kind, count / users] as const);
  const all = calls === undefined ? Number.NaN : perUser.reduce((sum, [, count]) => sum + count, 0);
  const kinds = perUser.filter(([, count]) => count >= 0.1).sort(([, a], [, b]) => b - a);
  return {
    tableCallsPerUser: all,
    ...Object.fromEntries(kinds.map(([kind, count]) => [`tableCallsPerUser.${kind}`, count])),
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
