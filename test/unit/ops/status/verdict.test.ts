import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../../shared/ops/status/verdict';
import type { StatusFacts } from '../../../../shared/ops/status/status-facts';

const now = Date.UTC(2026, 0, 1, 12);
const minute = 60_000;
const queue = (name: string, oldestAgeMs: number | null) => ({
  queue: name,
  exists: true,
  active: oldestAgeMs === null ? 0 : 7,
  scheduled: 0,
  deadLettered: 0,
  oldestAgeMs,
  missing: null,
});
const well: StatusFacts = {
  now,
  policy: { mode: 'enforce' },
  pauses: [],
  queues: [
    queue('directory-changes', null),
    queue('license-changes', 1_000),
    queue('license-changes-bulk', 90 * minute),
  ],
  waiting: [],
  failures: [],
  rollouts: [],
  delta: { workedAt: now - 15_000, failingSince: null },
  quotaClosedUntil: null,
  timeToLicensed: { p95: 4_000, minutes: 15, objective: 60_000 },
  usersWithoutOutcome: 0,
};
const pause = (scope: string, origin: 'operator' | 'permission' | 'configuration') => ({
  scope,
  origin,
  reason: 'a reason',
  by: 'ann',
  at: now - minute,
});

describe('the verdict', () => {
  it('is licensing when nothing speaks against it, also while bulk work waits for the quota', () => {
    expect(judge(well)).toEqual({ verdict: 'licensing', since: null, causes: [] });
  });

  it('says that one person may approve, which is nothing against it', () => {
    expect(judge({ ...well, approval: 'one-person' })).toMatchObject({
      verdict: 'licensing',
      causes: [{ code: 'approval/one-person' }],
    });
    expect(judge({ ...well, approval: 'always' }).causes).toEqual([]);
  });

  it.each<[string, Partial<StatusFacts>, string, string]>([
    ['the policy is broken', { policy: { problem: 'line 3' } }, 'stopped', 'policy/unusable'],
    [
      'a user is six minutes late',
      { overdue: { users: 1, since: now - 6 * minute } },
      'late',
      'users/overdue',
    ],
    ['the policy observes', { policy: { mode: 'observe' } }, 'stopped', 'mode/observe'],
    ['Graph refuses every write', { pauses: [pause('apply', 'permission')] }, 'stopped', 'graph/refuses'],
    ['an operator paused deciding', { pauses: [pause('intake', 'operator')] }, 'stopped', 'paused/all'],
    [
      'hints wait for 6 minutes',
      { queues: [queue('directory-changes', 6 * minute)] },
      'stopped',
      'decide/stuck',
    ],
    [
      'writes wait for 6 minutes',
      { queues: [queue('license-changes', 6 * minute)] },
      'stopped',
      'apply/stuck',
    ],
    ['the tables are away', { pauses: { problem: 'refused' } }, 'unknown', 'tables/unreachable'],
    [
      'the tables are away, and with them policy, counts and rounds',
      {
        pauses: { problem: 'refused' },
        policy: { problem: 'The tables do not answer' },
        countedAt: null,
        delta: { workedAt: null, failingSince: null },
      },
      'unknown',
      'tables/unreachable',
    ],
    ['the broker is away', { queues: { problem: 'refused' } }, 'unknown', 'queues/unreachable'],
    [
      'no delta round has worked for 6 minutes',
      { delta: { workedAt: now - 6 * minute, failingSince: null } },
      'late',
      'delta/deaf',
    ],
    ['delta rounds fail', { delta: { workedAt: now, failingSince: now - minute } }, 'late', 'delta/deaf'],
    [
      'groups cannot be followed for a minute',
      { groups: { isUsed: true, workedAt: now, failingSince: now - minute } },
      'late',
      'groups/deaf',
    ],
    [
      'no round of groups has come to its end for 6 minutes',
      { groups: { isUsed: true, workedAt: now - 6 * minute, failingSince: null } },
      'late',
      'groups/deaf',
    ],
    [
      'a subscription that is renewed for a week ends within a day',
      { subscriptionEndsAt: now + 24 * 60 * minute - 1 },
      'late',
      'subscription/ends',
    ],
    ['a subscription has ended', { subscriptionEndsAt: now - minute }, 'late', 'subscription/ends'],
    ['Graph closed the quota', { quotaClosedUntil: now + minute }, 'late', 'quota/closed'],
    [
      'the objective is missed',
      { timeToLicensed: { p95: 61_000, minutes: 15, objective: 60_000 } },
      'late',
      'objective/missed',
    ],
    ['a SKU is paused', { pauses: [pause('sku:EMS', 'operator')] }, 'partly', 'paused/part'],
    ['a SKU is empty', { waiting: [{ sku: 'EMS', users: 3 }] }, 'partly', 'seats/out'],
    [
      'users failed',
      { failures: [{ class: 'unknown', count: 2, oldestAt: now }] },
      'partly',
      'failures/open',
    ],
    [
      'a rollout awaits',
      { rollouts: [{ id: 'r', state: 'awaiting', at: now, members: 9 }] },
      'partly',
      'rollout/awaiting',
    ],
    [
      'guards hold changes',
      { rollouts: [{ id: 'held-1', state: 'collecting', at: now, members: 9 }] },
      'partly',
      'rollout/held',
    ],
    ['the census left users over', { usersWithoutOutcome: 1 }, 'partly', 'users/without-outcome'],
  ])('when %s', (_what, change, verdict, code) => {
    const judged = judge({ ...well, ...change });

    expect([judged.verdict, judged.causes.map((one) => one.code)]).toEqual([verdict, [code]]);
    expect(judged.causes[0]).toMatchObject({ text: expect.any(String), todo: expect.stringMatching(/\.$/) });
  });

  it.each<[string, Partial<StatusFacts>, number]>([
    ['users', { delta: { workedAt: now - 6 * minute, failingSince: null } }, 6],
    ['users, in vain', { delta: { workedAt: now, failingSince: now - minute } }, 1],
    ['groups', { groups: { isUsed: true, workedAt: now - 6 * minute, failingSince: null } }, 6],
    ['groups, in vain', { groups: { isUsed: true, workedAt: now, failingSince: now - minute } }, 1],
  ])('says since when changes of %s are not followed', (_what, change, minutes) => {
    const [found] = judge({ ...well, ...change }).causes;

    expect(found).toMatchObject({ since: new Date(now - minutes * minute).toISOString(), users: null });
  });

  it.each<[string, Partial<StatusFacts>, Readonly<Record<string, unknown>>]>([
    [
      'users are blocked, by reason',
      { blocked: [{ code: 'user/no-location', text: 'No usage location', users: 2, since: now - minute }] },
      {
        code: 'users/blocked',
        users: 2,
        since: new Date(now - minute).toISOString(),
        subject: 'user/no-location',
        text: '2 users blocked (user/no-location): No usage location',
      },
    ],
    [
      'failures were dismissed',
      { dismissed: { count: 3, since: now - 60 * minute } },
      { code: 'failures/dismissed', users: 3, action: 'licenser failure list --state dismissed' },
    ],
  ])('is licensing, and says so, when %s', (_what, change, cause) => {
    expect(judge({ ...well, ...change })).toMatchObject({
      verdict: 'licensing',
      since: null,
      causes: [cause],
    });
    expect(judge({ ...well, dismissed: { count: 0, since: null }, blocked: [] }).causes).toEqual([]);
  });

  it('says beside a pause of a person that it is older than a day; the product lifts its own', () => {
    const old = { at: now - 24 * 60 * minute - 1 };
    const codesOf = (origin: 'operator' | 'configuration', change = {}) =>
      judge({ ...well, pauses: [{ ...pause('sku:EMS', origin), ...change }] }).causes.map(({ code }) => code);

    expect(codesOf('operator', old)).toEqual(['paused/part', 'paused/old']);
    expect(codesOf('operator', { at: now - 24 * 60 * minute })).toEqual(['paused/part']);
    expect(codesOf('configuration', old)).toEqual(['paused/part']);
  });

  it('has its time from the cause that makes it, also where a worse one only says that something is not known', () => {
    const pauses = { problem: 'away' };
    const judged = judge({ ...well, pauses, queues: [queue('directory-changes', 6 * minute)] });

    expect(judged.causes.map(({ code }) => code)).toEqual(['tables/unreachable', 'decide/stuck']);
    const since = new Date(now - 6 * minute).toISOString();
    expect(judged).toMatchObject({ verdict: 'stopped', since });
  });

  it('says of which time the users are who had their license too late', () => {
    const timeToLicensed = { p95: 61_000, minutes: 15, objective: 60_000 };

    expect(judge({ ...well, timeToLicensed }).causes[0]?.text).toBe(
      '95 % of the users of the last 15 min had their license within 61 s; the objective is 60 s',
    );
  });

  it('says what a cause is about, so that a button can act on it', () => {
    const { causes } = judge({
      ...well,
      pauses: [pause('intake', 'operator'), pause('sku:1', 'configuration')],
      waiting: [{ sku: 'EMS', users: 3 }],
      failures: [{ class: 'crash', count: 1, oldestAt: now }],
      rollouts: [{ id: 'held-1', state: 'collecting', at: now, members: 9 }],
    });

    expect(causes.map(({ subject }) => subject)).toEqual(['intake', 'sku:1', 'EMS', 'crash', 'held-1']);
  });

  it('names the worst cause first, and its time', () => {
    const judged = judge({
      ...well,
      waiting: [{ sku: 'EMS', users: 3 }],
      pauses: [pause('sku:EMS', 'operator'), pause('apply', 'permission')],
      queues: { problem: 'away' },
    });

    expect(judged).toMatchObject({ verdict: 'stopped', since: new Date(now - minute).toISOString() });
    expect(judged.causes.map(({ code }) => code)).toEqual([
      'graph/refuses',
      'queues/unreachable',
      'paused/part',
      'seats/out',
    ]);
  });

  it('does not call a queue stuck that is paused, or that waits for the quota', () => {
    const stuck = { queues: [queue('license-changes', 30 * minute)] };
    const codes = (change: Partial<StatusFacts>) =>
      judge({ ...well, ...stuck, ...change }).causes.map(({ code }) => code);

    expect(codes({ pauses: [pause('apply', 'operator')] })).toEqual(['paused/all']);
    expect(codes({ quotaClosedUntil: now + minute })).toEqual(['quota/closed']);
  });
});
