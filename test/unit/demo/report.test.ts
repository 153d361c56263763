import { describe, expect, it } from '@jest/globals';
import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { makeReport, percentile, timesToLicensed } from '../../../demo/report';

const user = (id: string, readableAt = 1_000) => ({ id, userPrincipalName: `${id}@x.example`, readableAt });
const write = (
  seq: number,
  userId: string,
  at: number,
  extra: Partial<WriteLogEntry> = {},
): WriteLogEntry => ({
  seq,
  at,
  method: 'POST',
  kind: 'assignLicense',
  userId,
  status: 200,
  effective: true,
  add: [{ skuId: 'sku', disabledPlans: [] }],
  remove: [],
  units: 3,
  ...extra,
});

describe('percentile', () => {
  it.each([
    [0.5, 2],
    [0.95, 4],
    [0.25, 1],
    [1, 4],
  ])('takes the nearest rank at %d', (share, expected) => {
    expect(percentile([1, 2, 3, 4], share)).toBe(expected);
  });

  it('is 0 of nothing', () => {
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('timesToLicensed', () => {
  it('counts from readable to the first effective license write', () => {
    const log = [
      write(1, 'a', 1_100, { kind: 'usageLocation', add: [] }),
      write(2, 'a', 1_200, { status: 400, effective: false }),
      write(3, 'A', 1_500),
      write(4, 'a', 9_000),
      write(5, 'stranger', 1_001),
    ];

    expect(timesToLicensed([user('a')], log)).toEqual([500]);
  });
});

describe('makeReport', () => {
  it('counts outcomes, and calls lost those who have none or only say so', () => {
    const report = makeReport({
      users: ['a', 'b', 'c', 'd', 'e'].map((id) => user(id)),
      outcomes: new Map([
        ['a', 'licensed'],
        ['b', 'licensed'],
        ['c', null],
        ['d', 'waiting'],
      ]),
      log: [write(1, 'a', 2_000)],
      graph: { requests: 1, resourceUnits: 2, writes: 3, throttled: 0 },
      queues: {
        one: {
          sent: 3,
          completed: 2,
          abandoned: 1,
          lockLost: 1,
          deadLettered: 0,
          active: 0,
          locked: 0,
          scheduledNow: 0,
        },
        two: {
          sent: 1,
          completed: 1,
          abandoned: 0,
          lockLost: 0,
          deadLettered: 1,
          active: 0,
          locked: 0,
          scheduledNow: 0,
        },
      },
      wallMs: 5,
    });

    expect(report).toMatchObject({ users: 5, licensed: 1, waiting: 1, blocked: 0, lost: 3 });
    expect(report.queue).toEqual({ sent: 4, completed: 3, retried: 2, deadLettered: 1 });
    expect(report.timeToLicensedMs.max).toBe(1_000);
  });
});
