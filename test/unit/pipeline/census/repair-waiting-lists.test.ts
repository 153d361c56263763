import { describe, expect, it } from '@jest/globals';
import { toSkuId } from '../../../../shared/kernel/ids';
import type { UserId } from '../../../../shared/kernel/ids';
import { repairWaitingLists } from '../../../../shared/pipeline/census/repair-waiting-lists';
import type { WaitingListServices } from '../../../../shared/pipeline/census/repair-waiting-lists';
import { makeWaitingRows } from '../../../support/world/waiting-rows';
import { userId, userState } from '../../../support/user-states';
import { makeRecordingLogger } from '../../../support/recording-logger';
import { quietTask } from '../../../support/quiet-task';
import type { UserState } from '../../../../shared/words/user-state';

const gold = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a1');
const silver = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a2');
const now = 100 * 60_000;
const long = now - 60 * 60_000;
const reason = { code: 'seats/exhausted' as const, text: 'No seat is free.' };

const waits = (more: Partial<UserState> = {}): UserState =>
  userState({
    outcome: 'waiting',
    skus: [{ skuId: gold, outcome: 'waiting', reason, priority: 3, fallback: silver }],
    decidedAt: 7_000,
    userPrincipalName: 'ann@contoso.com',
    ...more,
  });
const licensed = (more: Partial<UserState> = {}) => userState({ outcome: 'licensed', ...more });

/** `reread`: what the rows say by the time each is read again; default: the same. */
function makeWorld(
  states: ReadonlyMap<UserId, UserState>,
  options: { reread?: ReadonlyMap<UserId, UserState>; mode?: 'enforce' | 'observe' } = {},
) {
  const waiting = makeWaitingRows();
  const told: string[] = [];
  const pipeline = {
    waiting,
    waitingSkus: { current: async () => new Set(), add: (skuId: string) => told.push(skuId) },
    users: {
      list: async function* () {
        for (const [id, state] of states) yield { userId: id, state };
      },
      read: async (id: UserId) => ({
        userId: id,
        etag: 'e',
        state: (options.reread ?? states).get(id) ?? null,
        ledger: [],
        exception: null,
      }),
    },
    policy: { forUser: async () => ({ policy: { mode: options.mode ?? 'enforce' } }) },
    clock: { now: () => now, sleep: async () => undefined },
  } as unknown as WaitingListServices;
  const list = (id: UserId, since = long) =>
    waiting.put({ skuId: gold, userId: id, userPrincipalName: null, priority: 0, since, fallback: null });
  const places = () =>
    waiting.entries().map(({ skuId, userId: id, since, priority }) => ({ skuId, id, since, priority }));
  return { pipeline, waiting, list, places, told };
}

describe('repairing the waiting lists', () => {
  it('lists everybody whose row says that they wait, with the time that the row knows', async () => {
    const world = makeWorld(
      new Map([
        [userId(1), waits()],
        [userId(2), waits({ decidedAt: null, firstSeenAt: 4_000 })],
        [userId(3), licensed()],
      ]),
    );

    const count = await repairWaitingLists(world.pipeline, quietTask);

    expect(count).toEqual({ listed: 2, unlisted: 0 });
    expect(world.waiting.entries()).toMatchObject([
      {
        ...{ skuId: gold, userId: userId(1), since: 7_000, priority: 3, fallback: silver },
        ...{ userPrincipalName: 'ann@contoso.com', grantedUntil: null },
      },
      { skuId: gold, userId: userId(2), since: 4_000 },
    ]);
    expect(world.told).toEqual([gold, gold]);
  });

  it('gives the place back with the age it had, however often the user was looked at meanwhile', async () => {
    const since = { [`waiting/${gold}`]: 2_000, [`waiting/${silver}`]: 3_000 };
    const world = makeWorld(new Map([[userId(1), waits({ since })]]));

    await repairWaitingLists(world.pipeline, quietTask);

    expect(world.waiting.entries()).toMatchObject([{ skuId: gold, since: 2_000 }]);
  });

  it('lists whom a better SKU is sought for than the one that stands in', async () => {
    const seeks = [{ skuId: silver, outcome: 'assigned', reason, seeks: [gold] }];
    const world = makeWorld(new Map([[userId(1), waits({ outcome: 'licensed', skus: seeks })]]));

    await repairWaitingLists(world.pipeline, quietTask);

    expect(world.places()).toMatchObject([{ skuId: gold, id: userId(1) }]);
  });

  it('lists a user on the one of two lists that has lost them', async () => {
    const both = [
      { skuId: gold, outcome: 'waiting', reason, priority: 3, fallback: silver, seeks: [silver] },
    ];
    const world = makeWorld(new Map([[userId(1), waits({ skus: both })]]));
    await world.list(userId(1));

    expect(await repairWaitingLists(world.pipeline, quietTask)).toEqual({ listed: 1, unlisted: 0 });
    expect(world.places().map(({ skuId, since }) => [skuId, since])).toEqual([
      [gold, long],
      [silver, 7_000],
    ]);
  });

  it('says what it did, also when as many were listed as taken off, and nothing when nothing was wrong', async () => {
    const logger = makeRecordingLogger();
    const world = makeWorld(
      new Map([
        [userId(1), waits()],
        [userId(2), licensed()],
      ]),
    );
    await world.list(userId(2));

    await repairWaitingLists(world.pipeline, { logger });
    await repairWaitingLists(world.pipeline, { logger });

    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { listed: 1, unlisted: 1 } }]);
  });

  it('leaves entries that are right as they are, and a second time finds nothing to do', async () => {
    const world = makeWorld(new Map([[userId(1), waits()]]));
    await world.list(userId(1), 500);
    const before = world.waiting.entries();

    const counts = [
      await repairWaitingLists(world.pipeline, quietTask),
      await repairWaitingLists(world.pipeline, quietTask),
    ];

    expect(counts).toEqual(Array(2).fill({ listed: 0, unlisted: 0 }));
    expect(world.waiting.entries()).toBe(before);
  });

  it('takes off a user who does not wait any more, or has no row', async () => {
    const world = makeWorld(new Map([[userId(1), licensed()]]));
    await world.list(userId(1));
    await world.list(userId(2));

    const count = await repairWaitingLists(world.pipeline, quietTask);

    expect(count).toEqual({ listed: 0, unlisted: 2 });
    expect(world.places()).toEqual([]);
  });

  it.each([
    ['is young: its row may not be stored yet', licensed(), now - 60_000, null],
    ['has a seat set aside', licensed(), long, now + 1_000],
    ['is of a user whose operation is on its way', licensed({ outcome: null }), long, null],
    [
      'is of a user who is being written',
      licensed({ intent: { at: now } as unknown as UserState['intent'] }),
      long,
      null,
    ],
  ])('keeps an entry that %s', async (_what, state, since, grantedUntil) => {
    const world = makeWorld(new Map([[userId(1), state]]));
    await world.list(userId(1), since);
    const [entry] = world.waiting.entries();
    if (entry !== undefined && grantedUntil !== null) await world.waiting.reserve(entry, grantedUntil);

    expect(await repairWaitingLists(world.pipeline, quietTask)).toEqual({ listed: 0, unlisted: 0 });

    expect(world.places()).toHaveLength(1);
  });

  it('takes an entry off whose grant has run out unused', async () => {
    const world = makeWorld(new Map([[userId(1), licensed()]]));
    await world.list(userId(1));
    const [entry] = world.waiting.entries();
    if (entry !== undefined) await world.waiting.reserve(entry, now);

    expect(await repairWaitingLists(world.pipeline, quietTask)).toEqual({ listed: 0, unlisted: 1 });
  });

  it('goes by what the row says at the end, not by what it said when it was listed', async () => {
    const states = new Map([
      [userId(1), waits()],
      [userId(2), licensed()],
    ]);
    const reread = new Map([
      [userId(1), licensed()],
      [userId(2), waits()],
    ]);
    const world = makeWorld(states, { reread });
    await world.list(userId(2));

    expect(await repairWaitingLists(world.pipeline, quietTask)).toEqual({ listed: 0, unlisted: 0 });

    expect(world.places()).toMatchObject([{ id: userId(2) }]);
  });

  it('lists no user where the policy only observes', async () => {
    const world = makeWorld(new Map([[userId(1), waits()]]), { mode: 'observe' });

    expect(await repairWaitingLists(world.pipeline, quietTask)).toEqual({ listed: 0, unlisted: 0 });
  });
});
