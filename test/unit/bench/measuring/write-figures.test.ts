import { describe, expect, it } from '@jest/globals';
import { longestLaneWait } from '../../../../bench/measuring/lane-waits';
import {
  doubledUsers,
  firstLicensing,
  licensingTimes,
  peakOverRate,
  quotaShare,
} from '../../../../bench/measuring/write-figures';
import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';

const write = (userId: string, at: number, extra: Partial<WriteLogEntry> = {}): WriteLogEntry => ({
  seq: at,
  at,
  method: 'POST',
  kind: 'assignLicense',
  userId,
  status: 200,
  effective: true,
  add: [{ skuId: 'sku', disabledPlans: [] }],
  remove: [],
  units: 1,
  ...extra,
});
/** One write each `everyMs`. */
const steady = (count: number, everyMs: number) =>
  Array.from({ length: count }, (_, index) => write(`u${index}`, index * everyMs));

describe('quotaShare', () => {
  it.each([
    ['every write the quota allows', 50, 1],
    ['half of them', 100, 0.5],
  ])('is the share of %s', (_, everyMs, share) => {
    expect(quotaShare(steady(1_000, everyMs), 20)).toBeCloseTo(share, 5);
  });

  it('leaves out how it began and how it ended', () => {
    const slowStart = steady(100, 1_000);
    const start = slowStart.at(-1)?.at ?? 0;
    const even = steady(500, 50).map((entry) => ({ ...entry, at: start + 50 + entry.at }));
    const end = even.at(-1)?.at ?? 0;
    const last = even.pop();
    const log = [...slowStart, ...even, { ...last!, at: end + 60_000 }];

    expect(quotaShare(log, 20)).toBeCloseTo(1, 5);
  });

  it('counts no write that was refused for want of quota, and says NaN of too few', () => {
    const refused = steady(1_000, 50).map((entry) => ({ ...entry, status: 429 }));

    expect(quotaShare([...steady(1_000, 50), ...refused], 20)).toBeCloseTo(1, 5);
    expect(quotaShare(steady(100, 50), 20)).toBeNaN();
  });
});

describe('peakOverRate', () => {
  it('finds the fullest stretch', () => {
    const burst = Array.from({ length: 60 }, (_, index) => write(`b${index}`, 100_000 + index));

    expect(peakOverRate(steady(200, 50), 20, 1_000)).toBe(1);
    expect(peakOverRate([...steady(200, 50), ...burst], 20, 1_000)).toBe(3);
  });
});

describe('who was licensed when', () => {
  const log = [
    write('a', 5, { effective: false }),
    write('a', 10),
    write('b', 20, { status: 400 }),
    write('c', 30, { kind: 'usageLocation' }),
    write('c', 40),
    write('c', 50),
  ];

  it('counts effective licenses only', () => {
    expect([...firstLicensing(log)].map(([id, { at }]) => [id, at])).toEqual([
      ['a', 10],
      ['c', 40],
    ]);
    expect(doubledUsers(log)).toBe(1);
  });

  it('lets those who got nothing wait for ever', () => {
    const users = ['a', 'c'].map((id) => ({ id, userPrincipalName: id, readableAt: 0 }));
    const unwritten = { id: 'b', userPrincipalName: 'b', readableAt: 0 };

    expect(licensingTimes(users, log)).toEqual({ p50: 10, p95: 40, p99: 40 });
    expect(licensingTimes([...users, unwritten], log).p95).toBe(Infinity);
  });
});

describe('longestLaneWait', () => {
  const guid = (digit: number) => `${digit}0000000-0000-4000-8000-000000000000`;

  it('measures from the start to the first write of a lane, and from each write to the next', () => {
    const people = [guid(1), guid(2)];

    // One lane: everything waits for everything.
    expect(longestLaneWait([write(guid(1), 1_000), write(guid(2), 5_000)], people, 1, 0)).toBe(4_000);
    expect(longestLaneWait([write(guid(1), 3_000)], people, 1, 0)).toBe(3_000);
  });

  it('counts no wait from before everything was queued, and says NaN when it never was', () => {
    const log = [write(guid(1), 4_000), write(guid(1), 6_000)];

    expect(longestLaneWait(log, [guid(1)], 1, 5_000)).toBe(1_000);
    expect(longestLaneWait(log, [guid(1)], 1, Number.NaN)).toBeNaN();
  });
});
