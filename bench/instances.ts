import { setTimeout as sleep } from 'node:timers/promises';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { emptyWriteQuota } from './measuring/empty-write-quota';
import { longestLaneWait } from './measuring/lane-waits';
import {
  followWrites,
  lastWrite,
  latencyMs,
  startMeasuredCloud,
  waitUntilQuiet,
} from './measuring/measured-cloud';
import type { MeasuredCloud } from './measuring/measured-cloud';
import { makeNewPeople } from './measuring/people';
import { doubledUsers, firstLicensing, peakOverRate, quotaShare } from './measuring/write-figures';
import { queueNames } from '../shared/queue/queues';

/** It takes --small. */
export const hasSmallSize = true;

const sizes = {
  full: { users: 600, hosts: [1, 2, 4] },
  small: { users: 60, hosts: [1, 2] },
} as const;

const lanes = 32;
/** Over 20 s a burst of 2 s and the slices in hand (1 s a host at most) weigh little. */
const windowMs = 20_000;
/** A lane whose turn comes a few times later than in the worst of orders is starved. */
const starvedAfterTurns = 5;

type Round = {
  readonly hosts: number;
  readonly share: number;
  readonly peak: number;
  readonly throttled: number;
  readonly doubled: number;
  readonly lost: number;
  readonly wait: number;
};

/**
 * The same cloud with 1, 2 and 4 functions hosts, which share one quota row and the lanes of one queue: a bulk of new
 * users each time, at Graph's real quota, emptied first. All by the embedded Graph's write log.
 */
export async function benchInstances({ isSmall = false } = {}): Promise<BenchResult> {
  const { users, hosts } = isSmall ? sizes.small : sizes.full;
  const measured = await startMeasuredCloud({ quotaFactor: 1 });
  const rounds: Round[] = [];
  try {
    await measured.follow();
    let running = 1;
    for (const count of hosts) {
      for (; running < count; running++) await measured.cloud.addFunctionsHost();
      rounds.push(await runRound(measured, count, users));
    }
  } finally {
    await measured.stop();
  }
  const turnMs = (lanes * 1_000) / measured.writesPerSecond;
  const worst = (pick: (round: Round) => number) => Math.max(...rounds.map(pick));
  const figures = {
    ...Object.fromEntries(
      rounds.flatMap((round) =>
        (['share', 'peak', 'wait'] as const).map((key) => [`${names[key]}.hosts${round.hosts}`, round[key]]),
      ),
    ),
    peakOverQuota: worst(({ peak }) => peak),
    throttledWrites: worst(({ throttled }) => throttled),
    longestLaneWaitTurns: worst(({ wait }) => wait) / turnMs,
    doubled: worst(({ doubled }) => doubled),
    lost: worst(({ lost }) => lost),
  };
  return {
    figures: roundFigures(figures),
    targets: [
      // The burst of 2 s, and a slice in hand for each of the hosts.
      makeTarget('peakOverQuota', '<=', 1 + (2_000 + 4_000) / windowMs, figures.peakOverQuota),
      makeTarget('longestLaneWaitTurns', '<=', starvedAfterTurns, figures.longestLaneWaitTurns),
      makeTarget('doubled', '<=', 0, figures.doubled),
      makeTarget('lost', '<=', 0, figures.lost),
    ],
  };
}

const names = { share: 'quotaShare', peak: 'peakOverQuota', wait: 'longestLaneWaitMs' } as const;

async function runRound(measured: MeasuredCloud, hosts: number, users: number): Promise<Round> {
  await measured.setFaults({ latencyMs: 0 });
  await waitUntilQuiet(measured, 15_000);
  await emptyWriteQuota(measured);
  await measured.setFaults({ latencyMs });
  const after = await lastWrite(measured);
  const sentBefore = await operationsSent(measured);
  const people = await measured.addUsers(
    makeNewPeople({ count: users, first: 10_000 * hosts, bareEvery: 0 }),
  );
  const ids = people.map(({ id }) => id.toLowerCase());
  const deadlineMs = 60_000 + (users * 3 * 1_000) / measured.writesPerSecond;
  const [queuedAt] = await Promise.all([
    timeWhenQueued(measured, sentBefore + users, deadlineMs),
    followWrites(measured, after, deadlineMs, (log) => firstLicensing(log).size >= users),
  ]);
  // What would be written twice is written within moments.
  await waitUntilQuiet(measured, 5_000);
  const own = new Set(ids);
  const log = (await measured.control.writeLog(after)).filter(({ userId }) => own.has(userId.toLowerCase()));
  const taken = log.filter(({ status }) => status !== 429);
  const first = firstLicensing(log);
  return {
    hosts,
    share: quotaShare(log, measured.writesPerSecond),
    peak: peakOverRate(log, measured.writesPerSecond, windowMs),
    throttled: log.length - taken.length,
    doubled: doubledUsers(log),
    lost: ids.filter((id) => !first.has(id)).length,
    wait: longestLaneWait(taken, ids, lanes, queuedAt),
  };
}

async function operationsSent({ control }: MeasuredCloud): Promise<number> {
  const queues = await control.queueCounters();
  return [queueNames.licenseChanges, queueNames.licenseChangesBulk].reduce(
    (sum, name) => sum + (queues[name]?.sent ?? 0),
    0,
  );
}

/** When the lanes' queues had been sent so many operations, by Graph's clock: every lane knows its work from then on. */
async function timeWhenQueued(
  measured: MeasuredCloud,
  operations: number,
  deadlineMs: number,
): Promise<number> {
  const deadline = performance.now() + deadlineMs;
  while (performance.now() < deadline) {
    if ((await operationsSent(measured)) >= operations) return (await measured.control.graphState()).now;
    await sleep(100);
  }
  return Number.NaN;
}
