import type { SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { catalogueSku } from '@auto-licenser/graph-emulator/catalogue';
import type { Wanted } from './baselines/baseline-client';
import { runBatchTool } from './baselines/batch-tool';
import { runSeedScript } from './baselines/seed-script';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { emptyWriteQuota } from './measuring/empty-write-quota';
import {
  followWrites,
  lastWrite,
  latencyMs,
  startMeasuredCloud,
  waitUntilQuiet,
} from './measuring/measured-cloud';
import type { MeasuredCloud } from './measuring/measured-cloud';
import { makeHolders } from './measuring/people';
import { doubledUsers, firstLicensing } from './measuring/write-figures';

/** It takes --small. */
export const hasSmallSize = true;

const sizes = {
  full: { users: 600, seedUsers: 40, quotaUsers: 600, disturbedUsers: 300 },
  small: { users: 40, seedUsers: 4, quotaUsers: 40, disturbedUsers: 40 },
} as const;

/** A quota that nothing reaches. */
const quotaOff = 300;
const ems = catalogueSku('EMS');
const intune =
  ems.servicePlans.find(({ servicePlanName }) => servicePlanName === 'INTUNE_A')?.servicePlanId ?? '';
const wanted: Wanted = { skuId: ems.skuId, disabledPlans: [intune] };

/** How one way of doing it went. */
type Race = {
  /** Users who ended as wanted, per second from the start to the last effective write. */
  readonly usersPerSecond: number;
  readonly lost: number;
  readonly doubled: number;
  /** Users who held no license at some moment. */
  readonly gaps: number;
};
type Way = (measured: MeasuredCloud, users: readonly SyncedUser[]) => Promise<unknown>;

/**
 * The seed's task, "switch INTUNE_A off for those who hold EMS", for as many users as there are: by this product, by
 * (a) a script that does one user after the other, and by (b) a tool that sends batches. Each has users of its own in
 * the same tenant and talks to the same embedded Graph, which takes 100 ms for each request.
 */
export async function benchPipeline({ isSmall = false } = {}): Promise<BenchResult> {
  const size = isSmall ? sizes.small : sizes.full;
  const free = await raceOnce(quotaOff, size.users, {
    seed: { users: size.seedUsers, way: bySeedScript },
    batch: { users: size.users, way: byBatchTool(20) },
  });
  const limited = await raceOnce(1, size.quotaUsers, {
    batch: { users: size.quotaUsers, way: byBatchTool(200) },
  });
  const disturbed = await raceOnce(
    quotaOff,
    size.disturbedUsers,
    {
      seed: { users: size.seedUsers, way: bySeedScript },
      batch: { users: size.disturbedUsers, way: byBatchTool(1) },
    },
    { error429Rate: 0.05 },
  );

  const figures = {
    oursUsersPerSecond: free.ours.usersPerSecond,
    seedUsersPerSecond: free.seed.usersPerSecond,
    timesSeed: free.ours.usersPerSecond / free.seed.usersPerSecond,
    seedUsersWithoutLicenseForAMoment: free.seed.gaps,
    oursUsersWithoutLicenseForAMoment: free.ours.gaps,
    oursUsersPerSecondUnderQuota: limited.ours.usersPerSecond,
    batchUsersPerSecondUnderQuota: limited.batch.usersPerSecond,
    timesBatchUnderQuota: limited.ours.usersPerSecond / limited.batch.usersPerSecond,
    batchUsersPerSecond: free.batch.usersPerSecond,
    lost: free.ours.lost + limited.ours.lost,
    disturbedOursLost: disturbed.ours.lost,
    disturbedOursDoubled: disturbed.ours.doubled,
    disturbedSeedLost: disturbed.seed.lost,
    disturbedBatchLost: disturbed.batch.lost,
    disturbedBatchDoubled: disturbed.batch.doubled,
  };
  return {
    figures: roundFigures(figures),
    targets: [
      makeTarget('timesSeed', '>=', 15, figures.timesSeed),
      makeTarget('timesBatchUnderQuota', '>=', 1.25, figures.timesBatchUnderQuota),
      makeTarget('lost', '<=', 0, figures.lost),
      makeTarget('oursUsersWithoutLicenseForAMoment', '<=', 0, figures.oursUsersWithoutLicenseForAMoment),
      makeTarget('disturbedOursLost', '<=', 0, figures.disturbedOursLost),
      makeTarget('disturbedOursDoubled', '<=', 0, figures.disturbedOursDoubled),
    ],
  };
}

const bySeedScript: Way = ({ graph }, users) =>
  runSeedScript(
    graph,
    users.map(({ id }) => id),
    wanted,
  );
const byBatchTool =
  (rounds: number): Way =>
  ({ graph }, users) =>
    runBatchTool(
      graph,
      users.map(({ id }) => id),
      wanted,
      rounds,
    );

/**
 * One cloud: first the others, one at a time, on users whom the policy leaves alone, then the product on as many of
 * its own, who become readable all at once. The quota's bucket is emptied before each, so that its refill counts.
 */
async function raceOnce<Names extends string>(
  quotaFactor: number,
  ourUsers: number,
  others: Readonly<Record<Names, { readonly users: number; readonly way: Way }>>,
  faults: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<Names | 'ours', Race>>> {
  const measured = await startMeasuredCloud({ quotaFactor });
  const races = new Map<string, Race>();
  const prepare = async () => {
    await measured.setFaults({ latencyMs: 0, error429Rate: 0 });
    if (quotaFactor !== quotaOff) await emptyWriteQuota(measured);
    await measured.setFaults({ latencyMs, ...faults });
  };
  try {
    let first = 100_000;
    for (const [name, { users, way }] of Object.entries<{ readonly users: number; readonly way: Way }>(
      others,
    )) {
      // No rule of the policy names this department.
      const people = await measured.addUsers(
        makeHolders({ count: users, first, department: 'Legal', skuId: ems.skuId }),
      );
      first += users;
      await prepare();
      const after = await lastWrite(measured);
      const startedAt = (await measured.control.graphState()).now;
      await way(measured, people);
      races.set(name, judge(people, await measured.control.writeLog(after), startedAt));
    }
    await measured.setFaults({ latencyMs: 0, error429Rate: 0 });
    await measured.follow();
    await waitUntilQuiet(measured, 30_000);
    await prepare();
    races.set('ours', await raceOurs(measured, ourUsers, first));
    return Object.fromEntries(races) as Record<Names | 'ours', Race>;
  } finally {
    await measured.stop();
  }
}

async function raceOurs(measured: MeasuredCloud, count: number, first: number): Promise<Race> {
  const after = await lastWrite(measured);
  const startedAt = (await measured.control.graphState()).now;
  const people = await measured.addUsers(
    makeHolders({ count, first, department: 'Sales', skuId: ems.skuId }),
  );
  const ids = new Set(people.map(({ id }) => id.toLowerCase()));
  const ofThese = (log: readonly WriteLogEntry[]) => log.filter(({ userId }) => ids.has(userId));
  const deadlineMs = 60_000 + (count * 3 * 1_000) / Math.min(20, measured.writesPerSecond);
  await followWrites(measured, after, deadlineMs, (log) => firstLicensing(ofThese(log)).size >= count);
  // Whatever is written after that, such as a second time, is to be in the log too.
  await waitUntilQuiet(measured, 8_000);
  return judge(people, await measured.control.writeLog(after), startedAt);
}

function judge(users: readonly SyncedUser[], log: readonly WriteLogEntry[], startedAt: number): Race {
  const ids = new Set(users.map(({ id }) => id.toLowerCase()));
  const own = log.filter((entry) => ids.has(entry.userId.toLowerCase()) && entry.effective);
  const last = new Map(own.map((entry) => [entry.userId.toLowerCase(), entry]));
  const right = [...last.values()].filter(isAsWanted);
  const end = Math.max(startedAt, ...right.map(({ at }) => at));
  return {
    usersPerSecond: (right.length * 1_000) / (end - startedAt),
    lost: users.length - right.length,
    doubled: doubledUsers(own),
    gaps: new Set(own.filter((entry) => entry.after?.directLicenses.length === 0).map(({ userId }) => userId))
      .size,
  };
}

function isAsWanted({ after }: WriteLogEntry): boolean {
  const held = after?.directLicenses.find(({ skuId }) => skuId === wanted.skuId);
  return held !== undefined && wanted.disabledPlans.every((plan) => held.disabledPlans.includes(plan));
}
