import { describe, expect, it } from '@jest/globals';
import { timing } from '../../../../shared/kernel/timing';
import { keepLook } from '../../../../shared/ops/overview/keep-look';
import { keptQuota, withKeptAges, withKeptCursors } from '../../../../shared/ops/overview/kept-look';
import type { Latest } from '../../../../shared/ops/levels/read-levels';
import { recordRound } from '../../../../shared/pipeline/intake/delta-round';
import { subscriptionCursors, writeKept } from '../../../../shared/pipeline/intake/kept-subscription';
import type { Services } from '../../../../shared/pipeline/services';
import type { QueueInspector } from '../../../../shared/queue/queue-inspector';
import type { Levels } from '../../../../shared/store/ports/ops/levels';
import { ManualClock } from '../../../support/manual-clock';
import { makeMemoryCounters } from '../../../support/memory/memory-counts';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';

const minute = 60_000;
const now = 100 * minute;
const clock = new ManualClock(now);
const levels = (changes: Partial<Levels>) => ({ at: now - minute, ...changes }) as Levels;

/** The oldest messages by the kept look, and the queues that were peeked at. */
async function look(kept: Levels | null | undefined) {
  const peeked: string[] = [];
  const live: Partial<QueueInspector> = {
    oldestActiveAt: async (queue) => {
      peeked.push(queue);
      return now - 7;
    },
  };
  const inspector = withKeptAges(live as QueueInspector, Promise.resolve(kept), clock);
  const queues = ['directory-changes', 'license-changes', 'license-changes-bulk'] as const;
  return {
    ages: await Promise.all(queues.map(async (one) => now - Number(await inspector.oldestActiveAt(one)))),
    peeked,
  };
}
const all = (at: number | null) => ({
  oldest: { 'directory-changes': at, 'license-changes': at, 'license-changes-bulk': at },
});

describe('the ages of the overview', () => {
  it('are those that observe saw, and no queue is peeked at', async () => {
    const age = 4 * minute;
    expect(await look(levels(all(now - age)))).toEqual({ ages: [age, age, age], peeked: [] });
  });

  it('that would be a cause of the verdict are looked for again; bulk work may wait', async () => {
    const age = 5 * minute;
    expect(await look(levels(all(now - age)))).toEqual({
      ages: [7, 7, age],
      peeked: ['directory-changes', 'license-changes'],
    });
  });

  it.each<[string, Levels | null | undefined]>([
    ['nothing was active then', levels(all(null))],
    ['they were not known', levels({})],
    ['observe has not run for three minutes', levels({ ...all(now - minute), at: now - 3 * minute - 1 })],
    ['observe never ran', undefined],
    ['the levels cannot be read', null],
  ])('are looked for now where %s', async (_what, kept) => {
    expect((await look(kept)).ages).toEqual([7, 7, 7]);
  });
});

describe('the quota of the overview', () => {
  const live = { perSecond: 1, closedUntil: 2 };
  const read = (kept: Levels | undefined) => keptQuota(async () => live, Promise.resolve(kept), clock);

  it('is what observe read, also that there is none', async () => {
    const quota = { perSecond: 16, closedUntil: 0 };
    expect(await read(levels({ quota }))).toEqual(quota);
    expect(await read(levels({ quota: null }))).toBeNull();
  });

  it('is read now where observe does not run, or did not know', async () => {
    expect(await read(levels({}))).toBe(live);
    expect(await read(levels({ quota: null, at: now - 4 * minute }))).toBe(live);
    expect(await read(undefined)).toBe(live);
  });
});

type Rows = Pick<Services, 'cursors' | 'clock' | 'settings'>;
type Look = Awaited<ReturnType<ReturnType<typeof makeMemoryCounters>['listWithLook']>>['look'];

/** Rounds of users and groups have just worked; the subscription was renewed some time ago. */
async function makeRows({ notificationUrl = null as string | null, renewedAgo = 0 } = {}) {
  const own = new ManualClock(now - renewedAgo);
  const cursors = makeMemoryCursors(() => own.now());
  const rows = { cursors, clock: own, settings: { notificationUrl } } as unknown as Rows;
  const kept = writeKept({ id: 's', url: 'u', state: 'fingerprint' });
  await cursors.commit(subscriptionCursors.users, await cursors.read(subscriptionCursors.users), kept);
  own.advance(renewedAgo);
  await recordRound(rows, null);
  await recordRound(rows, null, 'groups');
  await cursors.commit('users-delta', await cursors.read('users-delta'), 'a link with a token');
  return { own, rows };
}

/** What `observe` keeps of these rows. */
async function keptOf(rows: Rows): Promise<NonNullable<Look>> {
  const counters = makeMemoryCounters();
  await keepLook(rows, counters, {} as Levels);
  const { look } = await counters.listWithLook(0);
  if (look === undefined) throw new Error('nothing was kept');
  return look;
}

/** The rows as the overview has them, and how often it has read the table of them. */
function lookAt({ cursors, ...rest }: Rows, latest: Latest | null) {
  let reads = 0;
  const readAll = async () => {
    reads += 1;
    return cursors;
  };
  const kept = withKeptCursors({ ...rest, cursors: { ...cursors, readAll } }, Promise.resolve(latest));
  return { read: async (name: string) => (await kept.readAll()).read(name), reads: () => reads };
}
const latestOf = (look: Look): Latest => ({ levels: undefined, look });

describe('the sources of the overview', () => {
  it('are as observe saw them, and their table is not read', async () => {
    const { rows } = await makeRows();
    const { read, reads } = lookAt(rows, latestOf(await keptOf(rows)));
    await rows.cursors.commit(
      'last-notification',
      await rows.cursors.read('last-notification'),
      'after that',
    );

    expect((await read('last-notification')).updatedAt).toBeNull();
    expect(reads()).toBe(0);
  });

  it('tell of a round that failed since, and of one that works again', async () => {
    const { own, rows } = await makeRows();
    const wasWell = lookAt(rows, latestOf(await keptOf(rows)));
    await recordRound(rows, new Error('refused'));
    const failed = await wasWell.read('users-delta-round');
    const wasIll = lookAt(rows, latestOf(await keptOf(rows)));
    own.advance(minute);
    await recordRound(rows, null);
    const works = await wasIll.read('users-delta-round');

    expect([failed, works].map(({ value }) => JSON.parse(value ?? '') as unknown)).toEqual([
      expect.objectContaining({ workedAt: now, failingSince: now, error: 'refused' }),
      expect.objectContaining({ workedAt: now + minute, failingSince: null }),
    ]);
    expect(wasIll.reads()).toBe(0);
  });

  it('keep of positions and subscriptions the time alone', async () => {
    const { rows } = await makeRows();
    const look = await keptOf(rows);

    expect(JSON.stringify(look)).not.toMatch(/token|fingerprint/);
    expect(look.cursors).toMatchObject({
      'users-delta': { value: null, updatedAt: now },
      'graph-subscription': { value: null, updatedAt: now },
    });
  });

  const lasts = timing.intake.subscription.ms - timing.doctor.subscriptionEnds.ms;
  const notificationUrl = 'https://app.example';
  it.each<[string, number, { laterMs?: number; fails?: true; rows?: Parameters<typeof makeRows>[0] }]>([
    ['that worked five minutes ago', 0, { laterMs: timing.ops.deaf.ms }],
    ['that worked longer ago', 1, { laterMs: timing.ops.deaf.ms + 1 }],
    ['that fail', 1, { fails: true }],
    ['with a day left to the subscription', 0, { rows: { notificationUrl, renewedAgo: lasts } }],
    ['with less than that', 1, { rows: { notificationUrl, renewedAgo: lasts + 1 } }],
    ['with less than that, which nothing uses', 0, { rows: { renewedAgo: lasts + 1 } }],
  ])(
    '%s are read %i times: what would be a cause of the verdict may be gone by now',
    async (_what, expected, { laterMs = 0, fails, rows: made }) => {
      const { own, rows } = await makeRows(made);
      if (fails) await recordRound(rows, new Error('refused'));
      const { read, reads } = lookAt(rows, latestOf(await keptOf(rows)));
      own.advance(laterMs);
      await read('users-delta-round');

      expect(reads()).toBe(expected);
    },
  );

  it.each<[string, Latest | null]>([
    ['observe does not run', { levels: undefined, look: undefined }],
    ['the tables did not answer', null],
  ])('are read where %s', async (_what, latest) => {
    const { read, reads } = lookAt((await makeRows()).rows, latest);
    await read('users-delta-round');

    expect(reads()).toBe(1);
  });
});
