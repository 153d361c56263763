import { describe, expect, it } from '@jest/globals';
import { levelsId, readLatest } from '../../../../shared/ops/levels/read-levels';
import type { Levels } from '../../../../shared/store/ports/ops/levels';
import { ManualClock } from '../../../support/manual-clock';
import { makeMemoryCounters } from '../../../support/memory/memory-counts';
import { makeMemoryRecords } from '../../../support/ops-world';

const second = 1_000;
const now = 10_000 * second;
const levelsOf = (licensed: number, usersUntil = now - 150 * second) =>
  ({ at: now - 30 * second, users: { licensed }, usersUntil, waiting: {} }) as unknown as Levels;

/** `observe` has stored 7 users, and kept 5 beside the counters at this time. */
async function setUp(keptAt: number, kept = levelsOf(5)) {
  const levels = makeMemoryRecords<Levels>();
  const counters = makeMemoryCounters();
  await levels.create(levelsId, levelsOf(7));
  await counters.keepLook({ at: keptAt, counts: {}, levels: kept, cursors: {} });
  return {
    counters,
    read: async () => {
      const found = await readLatest({ levels, counters }, new ManualClock(now));
      return { users: found.levels?.users, seenAt: found.look?.at };
    },
  };
}

describe('what observe saw last', () => {
  it('is what it kept beside the counters, and what was counted since', async () => {
    const { counters, read } = await setUp(now - 65 * second);
    const count = (at: number, by: number) =>
      counters.add({ at, process: String(at), counts: { 'users.licensed': by } });
    await count(now - 151 * second, 100);
    await count(now - 150 * second, 100);
    await count(now - 149 * second, 1);
    await count(now, 2);

    expect(await read()).toEqual({ users: { licensed: 8 }, seenAt: now - 65 * second });
  });

  it('is of now also where clocks differ by seconds', async () => {
    const { read } = await setUp(now + 10 * second);

    expect(await read()).toEqual({ users: { licensed: 5 }, seenAt: now + 10 * second });
  });

  it.each<[string, number, Levels]>([
    ['it has not run for longer than a run takes', now - 65 * second - 1, levelsOf(5)],
    ['it ran by a clock that is wrong by more than clocks differ', now + 10 * second + 1, levelsOf(5)],
    ['it counted users before the counters that are read begin', now, levelsOf(5, now - 206 * second)],
  ])('is read from its own row where %s', async (_what, at, kept) => {
    expect(await (await setUp(at, kept)).read()).toEqual({ users: { licensed: 7 }, seenAt: undefined });
  });

  it('is not known while it has never run', async () => {
    const stores = { levels: makeMemoryRecords<Levels>(), counters: makeMemoryCounters() };

    expect(await readLatest(stores, new ManualClock(now))).toEqual({ levels: undefined, look: undefined });
  });
});
