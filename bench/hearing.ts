import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { makeAbsoluteTarget, makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { percentile } from '../rehearsal/judge/times-to-licensed';
import {
  followWrites,
  lastWrite,
  latencyMs,
  startMeasuredCloud,
  waitUntilQuiet,
} from './measuring/measured-cloud';
import type { MeasuredCloud } from './measuring/measured-cloud';
import { makeNewPeople } from './measuring/people';
import type { NewPerson } from './measuring/people';
import { doubledUsers, firstLicensing } from './measuring/write-figures';

/** It takes --small. */
export const hasSmallSize = true;

const sizes = {
  full: { newcomers: 60, members: 60, crowd: 2_000 },
  small: { newcomers: 4, members: 4, crowd: 30 },
} as const;
/** The default interval of the deltas. */
const intervalMs = 15_000;
/** So that joins fall anywhere into a round of the deltas. */
const betweenJoinsMs = 1_100;
/** What a tenant with few changes may take from a membership to the license: by delta alone, and with notifications. */
const targetMs = { delta: 30_000, notified: 5_000 } as const;
/** What it may take from a new user whom reads show to the license, by delta alone, and with notifications. */
const newTargetMs = { delta: intervalMs + 2_000, notified: 2_000 } as const;

/**
 * How soon a new user is licensed, half of them without a usage location, and how soon a change of group membership alone is a license: users who are known and have nothing join one by one a group that
 * the policy names, at the default schedule and Graph's real quota; first all notifications are lost, so that nothing but
 * the deltas tells, then they arrive. Then a group with a crowd in it comes into that group at once. By the embedded
 * Graph's write log.
 */
export async function benchHearing({ isSmall = false } = {}): Promise<BenchResult> {
  const { newcomers, members, crowd } = isSmall ? sizes.small : sizes.full;
  const measured = await startMeasuredCloud({
    quotaFactor: 1,
    settings: { LICENSER_DELTA_SCHEDULE: '*/15 * * * * *' },
  });
  try {
    await measured.follow();
    const outside = { department: 'Legal', jobTitle: 'Counsel' };
    const people = makeNewPeople({ count: 2 * members + crowd, first: 50_000, bareEvery: 0 });
    const users = await measured.addUsers(people.map((person) => ({ ...person, ...outside })));
    await waitUntilKnown(
      measured,
      users.map(({ id }) => id),
    );
    const ids = users.map(({ id }) => id.toLowerCase());
    const arriving = makeNewPeople({ count: 2 * newcomers, first: 80_000, bareEvery: 2 });
    await measured.setFaults({ lostNotificationRate: 1 });
    const found = await arriveOneByOne(measured, arriving.slice(0, newcomers));
    const one = await joinOneByOne(measured, ids.slice(0, members));
    await waitUntilSubscribed(measured);
    await measured.setFaults({ lostNotificationRate: 0 });
    const told = await arriveOneByOne(measured, arriving.slice(newcomers));
    const notified = await joinOneByOne(measured, ids.slice(members, 2 * members));
    const all = await joinAtOnce(measured, ids.slice(2 * members));
    const runs = [found, told, one, notified, all];
    const figures = {
      newP50Ms: percentile(found.times, 0.5),
      newP95Ms: percentile(found.times, 0.95),
      newMaxMs: found.times.at(-1) ?? Number.NaN,
      newNotifiedP50Ms: percentile(told.times, 0.5),
      newNotifiedP95Ms: percentile(told.times, 0.95),
      newNotifiedMaxMs: told.times.at(-1) ?? Number.NaN,
      joinedP50Ms: percentile(one.times, 0.5),
      joinedP95Ms: percentile(one.times, 0.95),
      joinedMaxMs: one.times.at(-1) ?? Number.NaN,
      notifiedP50Ms: percentile(notified.times, 0.5),
      notifiedP95Ms: percentile(notified.times, 0.95),
      notifiedMaxMs: notified.times.at(-1) ?? Number.NaN,
      crowdFirstMs: all.times[0] ?? Number.NaN,
      crowdShareOfQuota: (crowd * 1_000) / (all.times.at(-1) ?? Number.NaN) / measured.writesPerSecond,
      lost: runs.reduce((sum, { lost }) => sum + lost, 0),
      doubled: runs.reduce((sum, { doubled }) => sum + doubled, 0),
    };
    return {
      figures: roundFigures(figures),
      targets: [
        makeAbsoluteTarget('newP95Ms', '<=', newTargetMs.delta, figures.newP95Ms),
        makeAbsoluteTarget('newNotifiedP95Ms', '<=', newTargetMs.notified, figures.newNotifiedP95Ms),
        makeAbsoluteTarget('joinedP95Ms', '<=', targetMs.delta, figures.joinedP95Ms),
        makeAbsoluteTarget('notifiedP95Ms', '<=', targetMs.notified, figures.notifiedP95Ms),
        makeTarget('lost', '<=', 0, figures.lost),
        makeTarget('doubled', '<=', 0, figures.doubled),
      ],
    };
  } finally {
    await measured.stop();
  }
}

/** Every user has an outcome, and no look is due any more: what is licensed later is so by the group alone. */
async function waitUntilKnown(measured: MeasuredCloud, ids: readonly string[]): Promise<void> {
  const deadline = performance.now() + 900_000;
  for (;;) {
    const outcomes = await measured.outcomes.read();
    if (ids.every((id) => outcomes.get(id.toLowerCase()))) break;
    if (performance.now() > deadline) throw new Error('Users stay without an outcome');
    await sleep(1_000);
  }
  await waitUntilQuiet(measured, 900_000);
}

/** The app subscribes to groups at the round after the one that first followed them. */
async function waitUntilSubscribed({ graph }: MeasuredCloud): Promise<void> {
  const schema = z.object({ value: z.array(z.object({ resource: z.string() })) });
  const deadline = performance.now() + 120_000;
  for (;;) {
    const { value } = await graph.read({ method: 'GET', path: '/subscriptions' }, schema);
    if (value.some(({ resource }) => resource === 'groups')) return;
    if (performance.now() > deadline) throw new Error('The app has not subscribed to groups');
    await sleep(500);
  }
}

type Heard = { readonly times: readonly number[]; readonly lost: number; readonly doubled: number };

/** New users, one after the other, from the time at which a read shows them. */
async function arriveOneByOne(measured: MeasuredCloud, people: readonly NewPerson[]): Promise<Heard> {
  await measured.setFaults({ latencyMs });
  const after = await lastWrite(measured);
  const readableAt = new Map<string, number>();
  for (const person of people) {
    for (const user of await measured.addUsers([person]))
      readableAt.set(user.id.toLowerCase(), user.readableAt);
    await sleep(betweenJoinsMs);
  }
  return judge(measured, after, [...readableAt.keys()], (id) => readableAt.get(id) ?? 0);
}

async function joinOneByOne(measured: MeasuredCloud, ids: readonly string[]): Promise<Heard> {
  const group = await findGroup(measured, 'SG-Engineering');
  await measured.setFaults({ latencyMs });
  const after = await lastWrite(measured);
  const joinedAt = new Map<string, number>();
  for (const id of ids) {
    await addMember(measured, group, id);
    joinedAt.set(id, Date.now());
    await sleep(betweenJoinsMs);
  }
  return judge(measured, after, ids, (id) => joinedAt.get(id) ?? 0);
}

async function joinAtOnce(measured: MeasuredCloud, ids: readonly string[]): Promise<Heard> {
  // Filling the group is not what is measured.
  await measured.setFaults({ latencyMs: 0, quotaFactor: 1_000 });
  const made = (await measured.graph.write({
    method: 'POST',
    path: '/groups',
    body: { displayName: 'SG-Crowd', mailEnabled: false, mailNickname: 'sg-crowd', securityEnabled: true },
  })) as { id: string };
  for (const id of ids) await addMember(measured, made.id, id);
  const group = await findGroup(measured, 'SG-Engineering');
  await measured.setFaults({ latencyMs, quotaFactor: 1 });
  const after = await lastWrite(measured);
  await addMember(measured, group, made.id);
  const at = Date.now();
  return judge(measured, after, ids, () => at);
}

async function judge(
  measured: MeasuredCloud,
  after: number,
  ids: readonly string[],
  since: (id: string) => number,
): Promise<Heard> {
  const deadlineMs = 120_000 + (ids.length * 3 * 1_000) / measured.writesPerSecond;
  await followWrites(measured, after, deadlineMs, (log) => firstLicensing(log).size >= ids.length);
  // What would be written twice is written within seconds.
  await waitUntilQuiet(measured, 5_000);
  const own = new Set(ids);
  const log = (await measured.control.writeLog(after)).filter(({ userId }) => own.has(userId.toLowerCase()));
  const first = firstLicensing(log);
  const times = [...first].map(([id, { at }]) => at - since(id)).sort((a, b) => a - b);
  return { times, lost: ids.length - first.size, doubled: doubledUsers(log) };
}

async function findGroup({ graph }: MeasuredCloud, name: string): Promise<string> {
  const path = `/groups?$filter=${encodeURIComponent(`displayName eq '${name}'`)}&$select=id`;
  const schema = z.object({ value: z.array(z.object({ id: z.string() })) });
  const [group] = (await graph.read({ method: 'GET', path }, schema)).value;
  if (group === undefined) throw new Error(`There is no group ${name}`);
  return group.id;
}

async function addMember({ graph }: MeasuredCloud, group: string, id: string): Promise<void> {
  const body = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` };
  await graph.write({ method: 'POST', path: `/groups/${group}/members/$ref`, body });
}
