import { countsOf, sumCounts } from '../../observe/counts';
import type { Counts } from '../../observe/counts';
import type { CounterStore } from '../../store/ports/ops/counter-store';
import type { Levels } from '../../store/ports/ops/levels';
import type { RecordStore } from '../../store/ports/record-store';

/** Where `observe` keeps what it counted, and what it counts from. */
export type LevelStores = {
  readonly levels: RecordStore<Levels>;
  readonly counters: CounterStore;
};

/** The id of the one row of levels. */
export const levelsId = 'now';

/**
 * The levels as they are now: as `observe` counted them, and what all processes have written down since. Two requests.
 * undefined: `observe` has not counted yet.
 */
export async function readLevels({ levels, counters }: LevelStores): Promise<Levels | undefined> {
  const stored = await levels.read(levelsId);
  if (stored === undefined) return undefined;
  const { value } = stored;
  const sinceUsers: Counts[] = [];
  const sinceCount: Counts[] = [];
  for await (const { at, counts } of counters.list(Math.min(value.usersUntil, value.at))) {
    if (at > value.usersUntil) sinceUsers.push(counts);
    if (at > value.at) sinceCount.push(counts);
  }
  return {
    ...value,
    users: raise(value.users, countsOf(sumCounts(sinceUsers), 'users')),
    waiting: raise(value.waiting, countsOf(sumCounts(sinceCount), 'waiting')),
  };
}

/** A level and its changes; none is below 0, and one of 0 is left out. */
export function raise(level: Counts, by: Counts): Record<string, number> {
  return Object.fromEntries(Object.entries(sumCounts([level, by])).filter(([, count]) => count > 0));
}
