import { describe, expect, it } from '@jest/globals';
import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { describeReport } from '../../../demo/describe-report';
import { makeReport } from '../../../demo/report';

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
          received: 3,
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
          received: 1,
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

  it('has no times where no user was licensed', () => {
    const report = makeReport({
      users: [],
      outcomes: new Map(),
      log: [],
      graph: { requests: 0, resourceUnits: 0, writes: 0, throttled: 0 },
      queues: {},
      wallMs: 5,
    });

    expect(report.timeToLicensedMs).toEqual({ p50: null, p95: null, p99: null, max: null });
    expect(describeReport(report)).toContain('Time to licensed  no user was licensed\n');
  });
});
