import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkKept } from '../../../../shared/ops/doctor/check-kept';
import { overrideMembers } from '../../../../shared/kernel/override-members';
import { undoUser } from '../../../../shared/ops/exceptions/undo-user';
import { forgetOld, readRetention, retentionCursor } from '../../../../shared/pipeline/retention/forget-old';
import { makeTableWorld } from '../../../support/memory/table-world';
import { toUserId } from '../../../../shared/kernel/ids';
import type { PolicyHash, UserId } from '../../../../shared/kernel/ids';
import { ledgerEntry, userState } from '../../../support/user-states';
import { ems } from '../../../support/pipeline-world';

const day = 86_400_000;
/** One in each part of the users: by the first digit of the id. */
const inPart = (part: number): UserId => toUserId(`${part.toString(16)}0000000-0000-4000-8000-000000000001`);
const all = Array.from({ length: 16 }, (_, part) => inPart(part));
const gone = { code: 'user/gone', text: 'Graph reports that this user was deleted.' } as const;

let world: ReturnType<typeof makeTableWorld>;
const task = () => world.task;
const night = () => forgetOld(world.services(), task());
const counts = async () =>
  (JSON.parse((await world.stores.cursors.read(retentionCursor)).value ?? '{}') as { counts: unknown })
    .counts;

async function store(id: UserId, changes: Parameters<typeof userState>[0], version = 1): Promise<void> {
  const { users } = world.stores;
  await users.commit(await users.read(id), {
    state: userState({ version, ...changes }),
    ledger: [ledgerEntry(ems)],
    timeline: [{ version, step: 'decided', at: world.now(), text: 'decided', facts: {} }],
  });
}
const leaver = (since: number) => ({ outcome: 'outOfScope', reasons: [gone], missingSince: since });

beforeEach(() => {
  world = makeTableWorld();
});

describe('a timeline', () => {
  it('loses what is older than the setting says, in every part of the users, and nothing else', async () => {
    for (const id of all) await store(id, { outcome: 'licensed' });
    world.advance(89 * day);
    for (const id of all) await store(id, { outcome: 'licensed' }, 2);
    await night();
    for (const id of all) expect(await world.stores.users.timeline(id)).toHaveLength(2);

    world.advance(2 * day);
    await night();

    for (const id of all) {
      expect((await world.stores.users.timeline(id)).map(({ version }) => version)).toEqual([2]);
      const { state, ledger } = await world.stores.users.read(id);
      expect([state?.outcome, ledger.length]).toEqual(['licensed', 1]);
    }
    expect(await counts()).toMatchObject({ timelines: 16, samples: 0, leavers: 0 });
  });
});

describe('samples of the time to a license', () => {
  it('go with the timelines', async () => {
    const sample = () =>
      world.stores.times.record({ userId: inPart(3), at: world.now(), stages: [['written', 5]] });
    await sample();
    world.advance(91 * day);
    await sample();

    await night();

    expect(world.tables.rows('times')).toHaveLength(1);
    expect(await counts()).toMatchObject({ timelines: 0, samples: 1, leavers: 0 });
  });
});

describe('what a rollout noted of its users', () => {
  const open = async (id: string, endedAt: number | null) => {
    await world.stores.rollouts.create({
      id,
      kind: 'census',
      state: endedAt === null ? 'running' : 'done',
      policyHash: 'f'.repeat(64) as PolicyHash,
      planStateHash: null,
      by: 'ann',
      why: 'why',
      createdAt: world.now(),
      approvedBy: null,
      startedAt: world.now(),
      endedAt,
      approvalReasons: [],
      members: 2,
    });
    await world.stores.rollouts.addMembers(
      id,
      [inPart(1), inPart(9)].map((user) => ({
        userId: user,
        state: 'queued',
        queuedAt: world.now(),
        settledAt: null,
        outcome: null,
        reason: null,
        plannedDigest: null,
        plannedChange: null,
      })),
    );
  };

  it('goes half a year after it ended; one that runs, and the rollout itself, stay', async () => {
    await open('ended', world.now());
    await open('running', null);
    world.advance(179 * day);
    await night();
    expect(world.tables.rows('rolloutMembers')).toHaveLength(4);

    world.advance(2 * day);
    await night();

    expect(world.tables.rows('rolloutMembers').map(({ partitionKey }) => partitionKey)).toEqual([
      'running',
      'running',
    ]);
    expect((await world.stores.rollouts.list()).map(({ id }) => id).sort()).toEqual(['ended', 'running']);
    expect(await counts()).toMatchObject({ members: 2 });
  });
});

describe('who has left the directory', () => {
  it('is forgotten after the time of the setting, in every part of the users', async () => {
    const since = world.now();
    for (const id of all) await store(id, leaver(since));
    world.advance(179 * day);
    await night();
    for (const id of all) expect((await world.stores.users.read(id)).state).not.toBeNull();

    world.advance(2 * day);
    await night();

    expect(world.tables.rows('users')).toEqual([]);
    expect(await counts()).toMatchObject({ leavers: 16 });
  });

  it.each([
    ['who came back', { outcome: 'licensed', missingSince: null }],
    ['who is only out of the scope', { outcome: 'outOfScope', reasons: [], missingSince: null }],
    ['of whom it is not sure yet', { outcome: 'licensed', missingSince: 0 }],
  ] as const)('but no user %s', async (_, changes) => {
    await store(inPart(7), changes);
    world.advance(400 * day);

    await night();

    expect((await world.stores.users.read(inPart(7))).state).not.toBeNull();
  });

  it('whose row cannot be read stays until it is repaired, and stops no other user’s', async () => {
    const since = world.now();
    for (const id of [inPart(4), inPart(5)]) await store(id, leaver(since));
    const row = { partitionKey: inPart(4), rowKey: 'state', outcome: 'outOfScope', json: '{' };
    world.tables.put('users', row);
    world.advance(200 * day);

    await night();

    expect(new Set(world.tables.rows('users').map(({ partitionKey }) => partitionKey))).toEqual(
      new Set([inPart(4)]),
    );
  });

  it('is forgotten in a later night where the first ones had no time left, all together', async () => {
    const since = world.now();
    for (const id of all) await store(id, leaver(since));
    world.advance(200 * day);
    const services = world.services();
    const calls: number[] = [];
    // Each part takes a minute.
    const slow = {
      ...services,
      personal: overrideMembers(services.personal, {
        forget: async (...given: Parameters<typeof services.personal.forget>) => {
          calls.push(given[0].length);
          return services.personal.forget(...given);
        },
        removeTimelines: async (part: number, before: number) => {
          world.advance(60_000);
          return services.personal.removeTimelines(part, before);
        },
      }),
    };
    const left = () => new Set(world.tables.rows('users').map(({ partitionKey }) => partitionKey)).size;

    const seen = [];
    for (let count = 0; count < 5; count++) {
      await forgetOld(slow, task());
      seen.push(left());
    }

    expect(seen).toEqual([16, 16, 16, 16, 0]);
    expect(calls).toEqual([16]);
    expect(await counts()).toMatchObject({ leavers: 16 });
  });

  it('is forgotten over several nights where they are too many for one', async () => {
    const since = world.now();
    for (const id of all) await store(id, leaver(since));
    world.advance(200 * day);
    const services = world.services();
    const slow = {
      ...services,
      personal: overrideMembers(services.personal, {
        // The time is over after five of them.
        forget: async (users: Parameters<typeof services.personal.forget>[0]) => {
          const done = await services.personal.forget(users.slice(0, 5));
          world.advance(240_000);
          return done;
        },
      }),
    };

    const seen = [];
    for (let count = 0; count < 4; count++) {
      await forgetOld(slow, task());
      seen.push(new Set(world.tables.rows('users').map(({ partitionKey }) => partitionKey)).size);
    }

    expect(seen).toEqual([11, 6, 1, 0]);
    expect(await counts()).toMatchObject({ leavers: 16 });
  });
});

describe('the time before which timelines were deleted', () => {
  const before = async () => (await readRetention(world.stores.cursors))?.forgottenBefore;
  const keep = (days: number) => {
    const services = world.services();
    return {
      ...services,
      settings: { ...services.settings, kept: { ...services.settings.kept, historyMs: days * day } },
    };
  };

  it('stays the latest one when the setting is raised, and undo refuses what is before it', async () => {
    await store(inPart(3), { outcome: 'licensed' });
    world.advance(40 * day);
    await forgetOld(keep(10), task());
    const deleted = world.now() - 10 * day;
    world.advance(day);

    await forgetOld(keep(90), task());

    expect(await before()).toBe(deleted);
    const undo = (to: number) =>
      undoUser(keep(90), { user: inPart(3), to, until: null }, { by: 'ann', why: 'back' });
    await expect(undo(deleted - 1)).rejects.toMatchObject({ code: 'ops/undo-forgotten' });
    const allowed: unknown = await undo(deleted).catch((error: unknown) => error);
    expect(allowed).not.toMatchObject({ code: 'ops/undo-forgotten' });
  });

  it('is noted before anything is deleted', async () => {
    const services = keep(10);
    const personal = overrideMembers(services.personal, {
      removeTimelines: () => Promise.reject(new Error('the process is killed')),
    });
    world.advance(40 * day);

    await expect(forgetOld({ ...services, personal }, task())).rejects.toThrow('killed');

    expect(await before()).toBe(world.now() - 10 * day);
  });
});

describe('doctor', () => {
  const say = async () => (await checkKept(world.services()))[0];

  it('says how much the last round has deleted, and warns when there was none for a week', async () => {
    expect(await say()).toMatchObject({ state: 'ok', text: expect.stringContaining('nothing was deleted') });
    await store(inPart(2), leaver(world.now()));
    world.advance(200 * day);

    await night();

    expect(await say()).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('1 old rows and 1 users who have left were deleted'),
    });
    world.advance(8 * day);
    expect(await say()).toMatchObject({ state: 'warn', text: expect.stringContaining('since 8 days') });
  });
});
