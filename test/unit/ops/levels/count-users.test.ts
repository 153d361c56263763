import { describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../../shared/kernel/ids';
import { timing } from '../../../../shared/kernel/timing';
import { countLevels } from '../../../../shared/ops/levels/count-levels';
import { levelsId, readLevels } from '../../../../shared/ops/levels/read-levels';
import { countUsers } from '../../../../shared/ops/levels/count-users';
import type { CensusState } from '../../../../shared/pipeline/census/census-state';
import { toAttention } from '../../../../shared/pipeline/observed/note-attention';
import type { UserState } from '../../../../shared/words/user-state';
import { makeMemoryAttention, makeMemoryCounters } from '../../../support/memory/memory-counts';
import { makeOpsWorld } from '../../../support/ops-world';
import { userId, userState } from '../../../support/user-states';

const second = 1_000;
const minute = 60 * second;

/**
 * A tenant whose rows take 10 s a user to read. `meanwhile`: what happens once the first of so many users has been read, by
 * the run of `observe` that reads them.
 */
async function setUp(first: readonly string[]) {
  const attention = makeMemoryAttention();
  const counters = makeMemoryCounters();
  const { ops, advance } = await makeOpsWorld({}, {}, { attention, counters });
  const rows = new Map<UserId, UserState>(
    first.map((outcome, index) => [userId(index + 1), userState({ outcome })]),
  );
  let reads = 0;
  let meanwhile = (_read: number, _times: number): Promise<void> | undefined => undefined;
  const users = {
    ...ops.services.users,
    reindexExceptions: async () => undefined,
    read: async (id: UserId) => ({ userId: id, etag: null, state: rows.get(id) ?? null }) as never,
    list: async function* () {
      reads += 1;
      for (const [index, [id, state]] of [...rows].entries()) {
        yield { userId: id, state: rows.get(id) ?? state };
        advance(10 * second);
        await meanwhile(index + 1, reads);
      }
    },
  };
  // Stores in memory have no index that could differ from their rows.
  const failures = { ...ops.services.failures, list: async function* () {}, reindex: async () => undefined };
  const services = { ...ops.services, attention, users, failures };
  const { samples, quota, inspector, levels } = { ...ops, levels: ops.levels.levels };
  let processes = 0;
  return {
    services,
    rows,
    attention,
    advance,
    reads: () => reads,
    during: (happens: typeof meanwhile) => void (meanwhile = happens),
    /** The row is stored, and the process that did it writes its counts `lateMs` later. */
    change: async (number: number, outcome: string, lateMs: number) => {
      const from = rows.get(userId(number))?.outcome ?? 'underWay';
      rows.set(userId(number), userState({ outcome }));
      const counts = { [`users.${from}`]: -1, [`users.${outcome}`]: 1 };
      await counters.add({ at: ops.services.clock.now() + lateMs, process: `p${++processes}`, counts });
    },
    observe: async () => {
      await countLevels({ services, samples, quota, inspector, counters, levels });
    },
    counted: async () => (await readLevels({ levels, counters }))?.users,
    unsure: async () => (await levels.read(levelsId))?.value.unsure,
  };
}

describe('users who are decided while observe counts them for the first time', () => {
  it.each<[string, (world: Awaited<ReturnType<typeof setUp>>) => void]>([
    [
      'after their row was read, and told before its end',
      ({ during, change }) =>
        during((read, times) => (read === 1 && times === 1 ? change(1, 'licensed', second) : undefined)),
    ],
    [
      'before their row was read, and told after its end',
      ({ during, change }) =>
        during((read, times) => (read === 2 && times === 1 ? change(3, 'licensed', 15 * second) : undefined)),
    ],
    [
      'before their row was read, and told late, by a process that could not write at once',
      ({ during, change }) =>
        during((read, times) => (read === 2 && times === 1 ? change(3, 'licensed', 90 * second) : undefined)),
    ],
  ])('%s, are counted once, when no user changes any more', async (_what, happens) => {
    const world = await setUp(['waiting', 'waiting', 'waiting']);
    happens(world);

    await world.observe();
    for (let run = 0; run < 10; run++) {
      world.advance(minute);
      await world.observe();
    }

    expect(await world.counted()).toEqual({ waiting: 2, licensed: 1 });
    expect(await world.unsure()).toBeUndefined();
    expect(world.reads()).toBe(2);
  });

  it('are counted again once in half an hour only while users go on changing', async () => {
    const world = await setUp(['waiting', 'waiting', 'waiting']);
    world.during((read) => (read === 1 ? world.change(1, 'licensed', 0) : undefined));
    await world.observe();
    const again = timing.ops.countedAgain.ms;

    for (let passed = 0; passed < again - 2 * minute; passed += minute) {
      world.advance(minute);
      await world.change(2, passed % (2 * minute) === 0 ? 'licensed' : 'waiting', -second);
      await world.observe();
    }
    expect(world.reads()).toBe(1);
    for (let run = 0; run < 3; run++) {
      world.advance(minute);
      await world.change(2, 'blocked', -second);
      await world.observe();
    }
    expect(world.reads()).toBe(2);
  });

  it.each([1, 10, 20, 40, 59])(
    'are not counted by each run while one changes %i s after it',
    async (after) => {
      const world = await setUp(['waiting', 'waiting', 'waiting']);
      world.during((read) => (read === 1 ? world.change(1, 'licensed', 0) : undefined));
      await world.observe();

      for (let run = 0; run < 20; run++) {
        world.advance(after * second);
        await world.change(2, run % 2 === 0 ? 'licensed' : 'waiting', 0);
        world.advance(minute - after * second);
        await world.observe();
      }
      expect(world.reads()).toBe(1);
    },
  );

  it('cost one reading where none of them changes', async () => {
    const world = await setUp(['waiting', 'licensed']);

    for (let run = 0; run < 5; run++) {
      await world.observe();
      world.advance(minute);
    }

    expect(await world.counted()).toEqual({ waiting: 1, licensed: 1 });
    expect(await world.unsure()).toBeUndefined();
    expect(world.reads()).toBe(1);
  });
});

describe('the index of users who are not done, made anew', () => {
  const listed = async ({ attention }: Awaited<ReturnType<typeof setUp>>, kind: 'waiting' | 'blocked') => {
    const found: string[] = [];
    for await (const { userId: id } of attention.list(kind)) found.push(id);
    return found;
  };

  it('says what the row says now, not what it said when it was listed', async () => {
    const world = await setUp(['waiting', 'licensed', 'licensed']);
    await world.attention.put(
      'blocked',
      toAttention('blocked', userId(2), userState({ outcome: 'blocked' })),
    );
    // As the process that stores a row does: the index follows it at once.
    world.during(async (read) => {
      if (read !== 3) return;
      world.rows.set(userId(1), userState({ outcome: 'licensed' }));
      await world.attention.remove('waiting', userId(1));
      world.rows.set(userId(2), userState({ outcome: 'blocked' }));
    });

    await world.observe();

    expect(await listed(world, 'waiting')).toEqual([]);
    expect(await listed(world, 'blocked')).toEqual([userId(2)]);
  });
});

describe('users after a census', () => {
  it('are counted by their rows once for each census that has ended', async () => {
    const { services, reads } = await setUp(['licensed']);
    const census = (id: string, phase: CensusState['phase']) => ({ id, phase }) as CensusState;
    const count = (before: Parameters<typeof countUsers>[2], state: CensusState) =>
      countUsers(services, [], before, services.clock.now(), state);
    const first = await count(undefined, census('c-1', 'done'));
    const known = first as NonNullable<Parameters<typeof countUsers>[2]>;

    await count(known, census('c-1', 'done'));
    await count(known, census('c-2', 'settling'));
    expect(reads()).toBe(1);
    expect(await count(known, census('c-2', 'done'))).toMatchObject({ correctedBy: 'c-2' });
    expect(reads()).toBe(2);
  });
});
