import { describe, expect, it } from '@jest/globals';
import { toUserId } from '../../../../shared/kernel/ids';
import { ConcurrencyError, TransientError } from '../../../../shared/kernel/errors';
import { counterNames } from '../../../../shared/observe/counts';
import { timing } from '../../../../shared/kernel/timing';
import { countLevels } from '../../../../shared/ops/levels/count-levels';
import type { CountingParts } from '../../../../shared/ops/levels/count-levels';
import { levelsId } from '../../../../shared/ops/levels/read-levels';
import { readGaps } from '../../../../shared/ops/sources/read-gaps';
import type { Services } from '../../../../shared/pipeline/services';
import { makeOpsWorld } from '../../../support/ops-world';
import { userState } from '../../../support/user-states';

async function setUp(own: Partial<Services> = {}) {
  const { ops, advance } = await makeOpsWorld();
  const { samples } = ops;
  const none = async function* () {};
  // Stores in memory have no index that could differ from their rows.
  const asIndexed = async () => undefined;
  const services = {
    ...ops.services,
    users: { ...ops.services.users, list: none, reindexExceptions: asIndexed },
    failures: { ...ops.services.failures, list: none, reindex: asIndexed },
    ...own,
  };
  const { levels, counters } = ops.levels;
  const { quota } = ops;
  const count = (update: typeof levels.update, inspector: CountingParts['inspector'] = ops.inspector) =>
    countLevels({ services, samples, quota, inspector, counters, levels: { ...levels, update } });
  const { inspector } = ops;
  await countLevels({ services, samples, quota, inspector, counters, levels });
  return { count, counters, levels, advance };
}

describe('who waits longest', () => {
  it('is named from the row when the index was written before the name was known', async () => {
    const { ops } = await makeOpsWorld();
    const userId = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
    const { count } = await setUp({
      attention: {
        ...ops.services.attention,
        list: async function* (kind: string) {
          if (kind === 'underWay')
            yield { userId, userPrincipalName: null, since: 1, skus: [], reason: null };
        },
      },
      users: {
        ...ops.services.users,
        list: async function* () {},
        reindexExceptions: async () => undefined,
        read: async () => ({ state: userState({ userPrincipalName: 'ann@contoso.com' }) }) as never,
      },
    });

    const { levels } = await count(() => Promise.reject(new ConcurrencyError('The row of levels')));

    expect(levels.longest).toEqual([
      { userId, userPrincipalName: 'ann@contoso.com', kind: 'underWay', since: 1, reason: null },
    ]);
  });
});

describe('counting the levels', () => {
  it('goes on when another process has stored its count first', async () => {
    const { count } = await setUp();

    const counted = await count(() => Promise.reject(new ConcurrencyError('The row of levels')));

    expect(counted.levels.census.state).toBe('never');
  });

  it('adds what the processes counted of sources, run by run', async () => {
    const { count, counters, levels, advance } = await setUp();
    const update = levels.update.bind(levels);
    const counts = { [counterNames.found('delta')]: 3, [counterNames.gaps('notification')]: 1 };
    const { value } = (await levels.read(levelsId)) ?? {};
    await counters.add({ process: 'a', at: (value?.rates.until ?? 0) + 1, counts });
    advance(60_000);
    const early = await count(update);
    expect(readGaps(early.levels, early.levels.at).found).toEqual({});
    advance(timing.ops.countersSettle.ms);

    await count(update);
    const counted = await count(update);

    expect(readGaps(counted.levels, counted.levels.at)).toEqual({
      found: { delta: 3 },
      missedBy: { notification: 1 },
    });
  });

  it('adds what a process could only write after the run', async () => {
    const { count, counters, levels, advance } = await setUp();
    const update = levels.update.bind(levels);
    advance(60_000);
    const { levels: seen } = await count(update);
    const counts = { [counterNames.found('delta')]: 2 };
    await counters.add({ process: 'late', at: seen.at - 1, counts });
    const found = [];

    for (let minute = 0; minute < 4; minute++) {
      advance(60_000);
      const counted = await count(update);
      found.push(readGaps(counted.levels, counted.levels.at).found['delta'] ?? 0);
    }

    expect(found).toEqual([0, 2, 2, 2]);
  });

  it('tells a user as overdue whose operation should be in the bulk queue, and is in no queue', async () => {
    const { ops } = await makeOpsWorld();
    const userId = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
    const sent = {
      outcome: null,
      firstSeenAt: 1,
      decidedAt: 1,
      version: 4,
      sentVersion: 4,
      isSentInBulk: true,
    };
    const attention = {
      ...ops.services.attention,
      list: async function* (kind: string) {
        if (kind === 'underWay')
          yield { userId, userPrincipalName: 'a@b.c', since: 1, skus: [], reason: null };
      },
    };
    const { count, levels } = await setUp({
      attention,
      users: {
        ...ops.services.users,
        list: async function* () {},
        reindexExceptions: async () => undefined,
        read: async () => ({ state: userState(sent) }) as never,
      },
    });
    const holds = (messages: { active: number; scheduled: number } | undefined) =>
      count(levels.update.bind(levels), {
        counts: async () => (messages === undefined ? undefined : { ...messages, deadLettered: 1 }),
        oldestActiveAt: async () => null,
      });

    expect((await holds({ active: 1, scheduled: 0 })).levels.overdue).toBeUndefined();
    expect((await holds({ active: 0, scheduled: 1 })).levels.overdue).toBeUndefined();
    expect((await holds(undefined)).levels.overdue).toBeUndefined();
    expect((await holds({ active: 0, scheduled: 0 })).levels.overdue).toEqual({ users: 1, since: 1 });
  });

  it('fails when its count could not be stored', async () => {
    const { count } = await setUp();

    const counting = count(() => Promise.reject(new TransientError('store/unavailable', 'away')));

    await expect(counting).rejects.toMatchObject({ code: 'store/unavailable' });
  });
});
