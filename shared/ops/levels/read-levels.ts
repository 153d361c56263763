import type { Clock } from '../../kernel/clock';
import { collect } from '../../kernel/concurrently';
import { timing } from '../../kernel/timing';
import { countsOf, sumCounts } from '../../observe/counts';
import type { Counts } from '../../observe/counts';
import type { CounterRow, CounterStore } from '../../store/ports/ops/counter-store';
import type { KeptLook } from '../../store/ports/ops/kept-look';
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
  return addSince(value, await collect(counters.list(Math.min(value.usersUntil, value.at))));
}

/** Levels, and what was written down since they were counted. */
function addSince(value: Levels, rows: readonly CounterRow[]): Levels {
  const since = (from: number) => rows.filter(({ at }) => at > from).map(({ counts }) => counts);
  return {
    ...value,
    users: raise(value.users, countsOf(sumCounts(since(value.usersUntil)), 'users')),
    waiting: raise(value.waiting, countsOf(sumCounts(since(value.at)), 'waiting')),
  };
}

/** `look`: what `observe` has just seen beside the levels; undefined: it did not run lately, or kept nothing. */
export type Latest = {
  readonly levels: Levels | undefined;
  readonly look: Pick<KeptLook, 'at' | 'cursors'> | undefined;
};

/** The same by one request where `observe` has just run: it keeps its levels, and what else it saw, beside the counters. */
export async function readLatest(stores: LevelStores, clock: Clock): Promise<Latest> {
  const { lookKept, countersSettle, tenantLook } = timing.ops;
  const now = clock.now();
  // Counters are added to the levels for good after some time, and a run takes some, too.
  const since = now - lookKept.ms - countersSettle.ms - tenantLook.ms;
  const { look, rows } = await stores.counters.listWithLook(since);
  // One from further ahead than clocks differ was timed by a wrong clock, and would pass for one of now until that time.
  const isUsable = (one: KeptLook) =>
    now - one.at <= lookKept.ms &&
    one.at - now <= timing.quota.clockSkew.ms &&
    one.levels.usersUntil >= since;
  if (look === undefined || !isUsable(look)) return { levels: await readLevels(stores), look: undefined };
  return { levels: addSince(look.levels, rows), look };
}

/** A level and its changes; none is below 0, and one of 0 is left out. */
export function raise(level: Counts, by: Counts): Record<string, number> {
  return Object.fromEntries(Object.entries(sumCounts([level, by])).filter(([, count]) => count > 0));
}
