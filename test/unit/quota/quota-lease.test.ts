import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  backOff,
  climb,
  freshQuota,
  promiseLease,
  refill,
  takeLease,
} from '../../../shared/quota/quota-lease';
import type { QuotaLimits } from '../../../shared/quota/quota-lease';
import type { QuotaRow } from '../../../shared/words/quota-row';

const limits: QuotaLimits = { ceilingPerSecond: 16, floorPerSecond: 2 };
const seed = 20260101;
const start = 1_000_000;
const empty: QuotaRow = { ratePerSecond: 16, tokens: 0, spare: 0, updatedAt: start, notBefore: 0 };
const wish = (express: number, bulk: number) => ({ express, bulk });

describe('refill', () => {
  it.each([
    [0, 0, 0],
    [500, 8, 0],
    [2_000, 32, 0],
    [2_500, 32, 8],
    [60_000, 32, 16],
  ])('after %d ms there are %d writes for express and %d spare ones for bulk', (ms, tokens, spare) => {
    expect(refill(empty, limits, start + ms)).toMatchObject({ tokens, spare });
  });

  it('finds nothing new by a clock that is behind', () => {
    expect(refill(empty, limits, start - 10_000)).toEqual(empty);
  });

  it('does not wait for the clock of a machine that was an hour fast', () => {
    const ahead = { ...empty, updatedAt: start + 3_600_000 };

    const now = refill(ahead, limits, start);

    expect(now.updatedAt).toBe(start);
    expect(refill(now, limits, start + 1_000).tokens).toBe(16);
  });

  it('waits as long as Graph asked, however long', () => {
    const paused = backOff(empty, limits, start, 3_600_000);

    expect(refill(paused, limits, start + 3_500_000).tokens).toBe(0);
    expect(refill(paused, limits, start + 3_601_000).tokens).toBe(12.8);
  });

  it('holds a rate that was configured higher before to the new ceiling', () => {
    expect(refill({ ...empty, ratePerSecond: 100 }, limits, start + 1_000)).toMatchObject({
      ratePerSecond: 16,
      tokens: 16,
    });
  });

  it('earns as much in many steps as in one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3_000 }), { minLength: 1, maxLength: 30 }), (steps) => {
        let now = start;
        let row = empty;
        for (const step of steps) row = refill(row, limits, (now += step));
        const once = refill(empty, limits, now);

        expect(row.tokens).toBeCloseTo(once.tokens, 6);
        expect(row.spare).toBeCloseTo(once.spare, 6);
      }),
      { seed },
    );
  });
});

describe('takeLease', () => {
  it('gives express all it wants of a full bucket, but one slice at most', () => {
    const row = freshQuota(limits, start);

    expect(takeLease(row, limits, start, wish(5, 0)).granted).toEqual(wish(5, 0));
    expect(takeLease(row, limits, start, wish(50, 0)).granted).toEqual(wish(16, 0));
  });

  it('gives bulk only what a full bucket spilled', () => {
    const full = { ...freshQuota(limits, start), spare: 0 };

    const nothing = takeLease(full, limits, start, wish(0, 10));
    const spilled = takeLease(full, limits, start + 500, wish(0, 10));

    expect(nothing.granted.bulk).toBe(0);
    expect(spilled.granted.bulk).toBe(8);
    expect(spilled.row.tokens).toBe(32);
  });

  it('gives nothing before notBefore', () => {
    const row = { ...freshQuota(limits, start), notBefore: start + 1_000 };

    expect(takeLease(row, limits, start + 999, wish(1, 1)).granted).toEqual(wish(0, 0));
    expect(takeLease(row, limits, start + 1_000, wish(1, 0)).granted).toEqual(wish(1, 0));
  });

  it('keeps back what is too little for the first in line', () => {
    const slow = { ceilingPerSecond: 0.5, floorPerSecond: 0.5 };
    const row = { ...empty, ratePerSecond: 0.5, tokens: 1 };

    expect(takeLease(row, slow, start, wish(2, 0), wish(2, 1)).granted.express).toBe(0);
    expect(takeLease(row, slow, start + 2_000, wish(2, 0), wish(2, 1)).granted.express).toBe(2);
  });

  const events = fc.array(
    fc.record({
      wait: fc.nat({ max: 1_500 }),
      express: fc.nat({ max: 40 }),
      bulk: fc.nat({ max: 40 }),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it.each([
    ['express alone', 2, (granted: { express: number }) => granted.express],
    ['both together', 3, (granted: { express: number; bulk: number }) => granted.express + granted.bulk],
  ])('never leases %s more than rate × (time + %d s) over any stretch of time', (_, burst, count) => {
    fc.assert(
      fc.property(events, (run) => {
        let now = start;
        let row = freshQuota(limits, start);
        const leases: { at: number; writes: number }[] = [];
        for (const event of run) {
          now += event.wait;
          const lease = takeLease(row, limits, now, wish(event.express, event.bulk));
          row = lease.row;
          leases.push({ at: now, writes: count(lease.granted) });
        }
        for (let from = 0; from < leases.length; from++) {
          let sum = 0;
          for (let to = from; to < leases.length; to++) {
            sum += leases[to]!.writes;
            const seconds = (leases[to]!.at - leases[from]!.at) / 1000;
            expect(sum).toBeLessThanOrEqual(16 * (seconds + burst) + 1e-6);
          }
        }
      }),
      { seed },
    );
  });

  it('never touches the 2 s for express on behalf of bulk', () => {
    fc.assert(
      fc.property(events, (run) => {
        let now = start;
        let row = freshQuota(limits, start);
        for (const event of run) {
          now += event.wait;
          row = takeLease(row, limits, now, wish(0, event.bulk)).row;
          expect(row.tokens).toBe(32);
        }
      }),
      { seed },
    );
  });
});

describe('promiseLease', () => {
  it('gives each who asks the time at which its writes will have been earned', () => {
    const first = promiseLease(empty, limits, start, 'express', 4, 4);
    const second = promiseLease(first?.row ?? empty, limits, start + 100, 'express', 1, 1);

    expect(first).toMatchObject({ writes: 4, from: start + 250 });
    expect(second).toMatchObject({ writes: 1, from: start + 312.5 });
  });

  it('promises at most a slice, as much as there is room for, and nothing beyond 4 s', () => {
    const owing = (tokens: number) => promiseLease({ ...empty, tokens }, limits, start, 'express', 50, 2);

    expect(owing(0)?.writes).toBe(16);
    expect(owing(-60)).toMatchObject({ writes: 4, from: start + 4_000 });
    expect(owing(-63)).toBeNull();
  });

  it('promises bulk what spills over once the bucket of express is full', () => {
    expect(promiseLease({ ...empty, tokens: 16 }, limits, start, 'bulk', 8, 1)).toMatchObject({
      writes: 8,
      from: start + 1_500,
    });
  });

  it('promises nothing while Graph wants none', () => {
    const closed = backOff(empty, limits, start, 2_000);

    expect(promiseLease(closed, limits, start + 1_999, 'express', 1, 1)).toBeNull();
  });

  it('and takeLease together never let express have more than rate × (time + 2 s)', () => {
    const asking = fc.record({ wait: fc.nat({ max: 1_500 }), writes: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(asking, { minLength: 1, maxLength: 60 }), (run) => {
        let now = start;
        let row = freshQuota(limits, start);
        const leases: { at: number; writes: number }[] = [];
        for (const { wait, writes } of run) {
          now += wait;
          const lease = takeLease(row, limits, now, wish(writes, 0));
          const promised =
            lease.granted.express > 0 ? null : promiseLease(row, limits, now, 'express', writes, 1);
          row = promised?.row ?? lease.row;
          leases.push({ at: promised?.from ?? now, writes: promised?.writes ?? lease.granted.express });
        }
        leases.sort((a, b) => a.at - b.at);
        for (let from = 0; from < leases.length; from++) {
          let sum = 0;
          for (let to = from; to < leases.length; to++) {
            sum += leases[to]!.writes;
            // A lease is used as a whole: the first of a stretch was earned before it began.
            const seconds = (leases[to]!.at - leases[from]!.at) / 1_000;
            expect(sum - leases[from]!.writes).toBeLessThanOrEqual(16 * (seconds + 2) + 1e-6);
          }
        }
      }),
      { seed },
    );
  });
});

describe('backOff and climb', () => {
  it("obeys Graph's time, empties the buckets and lowers the rate by a fifth", () => {
    const row = backOff(freshQuota(limits, start), limits, start, 7_000);

    expect(row).toEqual({
      ratePerSecond: 12.8,
      tokens: 0,
      spare: 0,
      updatedAt: start + 7_000,
      notBefore: start + 7_000,
    });
    expect(refill(row, limits, start + 8_000).tokens).toBe(12.8);
  });

  it('waits a second when Graph names no time', () => {
    expect(backOff(empty, limits, start, undefined).notBefore).toBe(start + 1_000);
  });

  it('lowers it once for a crowd that is refused together', () => {
    let row = freshQuota(limits, start);
    for (let lane = 0; lane < 32; lane++) row = backOff(row, limits, start + lane, 2_000);

    expect(row.ratePerSecond).toBe(12.8);
    expect(row.notBefore).toBe(start + 2_031);
  });

  it('stays between floor and ceiling, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(-1), fc.nat({ max: 500 })), { maxLength: 50 }), (run) => {
        let row = freshQuota(limits, start);
        let now = start;
        for (const step of run) {
          now += 2_000;
          row = step < 0 ? backOff(row, limits, now, undefined) : climb(row, limits, step);
          expect(row.ratePerSecond).toBeGreaterThanOrEqual(limits.floorPerSecond);
          expect(row.ratePerSecond).toBeLessThanOrEqual(limits.ceilingPerSecond);
        }
      }),
      { seed },
    );
  });

  it('climbs by equal steps, back to the ceiling in about 200 writes', () => {
    const low = { ...empty, ratePerSecond: 2 };

    expect(climb(low, limits, 1).ratePerSecond).toBeCloseTo(2.08);
    expect(climb(low, limits, 175).ratePerSecond).toBe(16);
  });
});
