import { describe, expect, it } from '@jest/globals';
import { forecastSeats } from '../../../../shared/ops/seats/forecast-seats';
import { readSeries } from '../../../../shared/ops/samples/read-series';
import { takeSample } from '../../../../shared/ops/samples/take-sample';
import type { Services } from '../../../../shared/pipeline/services';
import type { Sample } from '../../../../shared/store/ports/ops/sample';
import { makeMemoryRecords } from '../../../support/ops-world';
import type { StatusFacts } from '../../../../shared/ops/status/status-facts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 1);
const sku = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';

const facts = (now: number, active = 0): StatusFacts => ({
  now,
  policy: { mode: 'enforce' },
  pauses: [],
  queues: [
    {
      queue: 'directory-changes',
      exists: true,
      active,
      scheduled: 0,
      deadLettered: 0,
      oldestAgeMs: null,
      missing: null,
    },
  ],
  waiting: [{ sku: 'EMS', users: 3 }],
  failures: [],
  rollouts: [],
  delta: { workedAt: now, failingSince: null },
  quotaClosedUntil: null,
  timeToLicensed: { p95: 4_000, minutes: 15, objective: 60_000 },
  usersWithoutOutcome: 0,
});

function makeStores() {
  const stores = { minutes: makeMemoryRecords<Sample>(), hours: makeMemoryRecords<Sample>() };
  let consumed = 10;
  const services = {
    catalogue: {
      read: async () => ({
        catalogue: { skus: [{ skuId: sku, consumedUnits: consumed, enabledUnits: 100 }] },
      }),
    },
  } as unknown as Services;
  return {
    stores,
    take: (at: number, active = 0) =>
      takeSample(stores, services, facts(at, active), { verdict: 'licensing' }),
    setConsumed: (seats: number) => {
      consumed = seats;
    },
  };
}

describe('samples', () => {
  it('are one a minute, oldest first in a series, and gone after two days', async () => {
    const { stores, take } = makeStores();
    await take(start, 5);
    await take(start + 20_000, 6);
    await take(start + minute, 7);
    const read = (now: number) => readSeries(stores, { from: now - hour, to: now, now });

    expect(await read(start + minute)).toMatchObject({
      at: ['2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z'],
      series: { 'directory-changes.active': [5, 7], waiting: [3, 3], p95Ms: [4_000, 4_000] },
    });

    await take(start + 3 * day);
    const left = [];
    for await (const { value } of stores.minutes.list()) left.push(value.at);
    expect(left).toEqual([start + 3 * day]);
  });

  it('are by the hour where minutes are not kept', async () => {
    const { stores, take } = makeStores();
    for (let index = 0; index < 5; index++) await take(start + index * hour);

    const { at, series } = await readSeries(stores, {
      from: start,
      to: start + 4 * hour,
      now: start + 10 * day,
      names: [`seats.${sku}`],
    });

    expect([at.length, Object.keys(series), series[`seats.${sku}`]]).toEqual([
      5,
      [`seats.${sku}`],
      [10, 10, 10, 10, 10],
    ]);
  });
});

describe('the forecast of seats', () => {
  it('says when a SKU runs out, by the line of the last days', async () => {
    const { stores, take, setConsumed } = makeStores();
    for (let index = 0; index <= 10; index++) {
      setConsumed(10 + index * 4);
      await take(start + index * day);
    }

    const [forecast] = await forecastSeats(stores, start + 10 * day);

    expect(forecast).toMatchObject({ skuId: sku, consumed: 50, enabled: 100, note: null });
    expect(forecast?.perDay).toBeCloseTo(4);
    expect(forecast?.error).toBeCloseTo(0);
    // 50 seats are left, four a day.
    expect(forecast?.runsOutAt).toBe(new Date(start + 22.5 * day).toISOString());
  });

  it('says nothing from two days of history, nor from days that jump', async () => {
    const short = makeStores();
    await short.take(start);
    await short.take(start + 2 * day);
    const jumping = makeStores();
    for (let index = 0; index <= 10; index++) {
      jumping.setConsumed(index % 2 === 0 ? 10 : 60);
      await jumping.take(start + index * day);
    }

    expect((await forecastSeats(short.stores, start + 2 * day))[0]).toMatchObject({
      runsOutAt: null,
      note: expect.stringContaining('2 days'),
    });
    expect((await forecastSeats(jumping.stores, start + 10 * day))[0]).toMatchObject({
      runsOutAt: null,
      note: expect.stringContaining('line'),
    });
  });

  it('has no date for a SKU whose seats are not taken', async () => {
    const { stores, take } = makeStores();
    for (let index = 0; index <= 10; index++) await take(start + index * day);

    expect((await forecastSeats(stores, start + 10 * day))[0]).toMatchObject({
      runsOutAt: null,
      note: null,
      perDay: 0,
    });
  });
});
