import { bulkFigures, runBulk } from './measuring/bulk-run';
import { makeAbsoluteTarget, makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { emptyWriteQuota } from './measuring/empty-write-quota';
import {
  followWrites,
  latencyMs,
  startMeasuredCloud,
  writesPerSecondAtOne,
} from './measuring/measured-cloud';
import { makeNewPeople } from './measuring/people';
import { firstLicensing } from './measuring/write-figures';

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

  const measured = await startMeasuredCloud({ quotaFactor, countsTableCalls: true });
  try {
    await measured.follow();
    await emptyWriteQuota(measured);
    await measured.setFaults({ latencyMs });
    const run = await runBulk(measured, size);
    const figures = { quotaFactor, capacityWritesPerSecond: capacity, ...bulkFigures(measured, run) };
    return {
      figures: roundFigures(figures),
      targets: [
        makeTarget('quotaShare', '>=', 0.95, figures.quotaShare),
        makeTarget('throttledShare', '<=', 0.01, figures.throttledShare),
        makeTarget('lost', '<=', 0, figures.lost),
        makeAbsoluteTarget('joinerToWrittenP95Ms', '<=', 5_000, figures.joinerToWrittenP95Ms),
        makeTarget('writesPerUser', '<=', 1, figures.writesPerUser),
        makeTarget('writesPerUserWithoutLocation', '<=', 2, figures.writesPerUserWithoutLocation),
        makeTarget('unitsPerUserToWrite', '<=', 5, figures.unitsPerUserToWrite),
        makeTarget('unitsPerUserInAll', '<=', 7, figures.unitsPerUserInAll),
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
