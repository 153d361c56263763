import { beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../../shared/kernel/logger';
import { toUserId } from '../../../../shared/kernel/ids';
import { seededRandom } from '../../../../shared/kernel/random';
import { licensingTimes } from '../../../../shared/ops/users/licensing-times';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import type { TimesStore } from '../../../../shared/store/ports/times-store';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { ManualClock } from '../../../support/manual-clock';
import type { TimeSample } from '../../../../shared/words/time-sample';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 22, 19, 30);
let azurite: LentTables;
let times: TimesStore;
const clock = new ManualClock(now);
beforeAll(async () => {
  azurite = await leaseTables();
  times = makeTableStores({ ...azurite, clock, random: seededRandom(1), logger: silentLogger }).times;
});

const user = (index: number) => toUserId(`bbbbbbbb-0000-4000-8000-${String(index).padStart(12, '0')}`);
const sample = (index: number, at: number, written: number): TimeSample => ({
  userId: user(index),
  at,
  stages: [
    ['decided', written / 2],
    ['written', written],
  ],
});

describe('TableTimesStore', () => {
  it('counts a user once, and reads hour by hour', async () => {
    await times.record(sample(1, now - 3 * hour, 1_000));
    await times.record(sample(1, now - 3 * hour, 9_000));
    await times.record(sample(2, now, 2_000));
    await times.record({ userId: user(2), at: now, stages: [['verified', 4_000]] });
    await times.record(sample(3, now - 30 * hour, 5_000));

    const found: TimeSample[] = [];
    for await (const one of times.list(now - 24 * hour, now)) found.push(one);

    expect(found).toEqual([
      sample(1, now - 3 * hour, 1_000),
      { userId: user(2), at: now, stages: [['verified', 4_000]] },
      sample(2, now, 2_000),
    ]);
  });

  it('gives the percentiles by hour, the latest first', async () => {
    const at = now - 2 * hour;
    for (let index = 1; index <= 100; index++) await times.record(sample(1_000 + index, at, index * 1_000));

    const { hours, all } = await licensingTimes({ times, clock }, 24);

    expect(hours.map(({ hour: start, written }) => [start, written.users])).toEqual([
      ['2026-11-22T19:00:00.000Z', 1],
      ['2026-11-22T17:00:00.000Z', 100],
      ['2026-11-22T16:00:00.000Z', 1],
    ]);
    expect(hours[1]).toMatchObject({
      written: { p50: 50_000, p95: 95_000, p99: 99_000 },
      decided: { p50: 25_000, p95: 47_500, p99: 49_500 },
      verified: { users: 0, p50: null, p95: null, p99: null },
    });
    expect(all.written.users).toBe(102);
  });
});
