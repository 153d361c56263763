import { timing } from '../../kernel/timing';
import { countsOf, sumCounts } from '../../observe/counts';
import type { Counts } from '../../observe/counts';
import type { CensusState } from '../../pipeline/census/census-state';
import type { Services } from '../../pipeline/services';
import type { CounterRow } from '../../store/ports/ops/counter-store';
import type { Levels } from '../../store/ports/ops/levels';
import { raise } from './read-levels';
import { repairAttention } from './repair-attention';

type CountedServices = Pick<Services, 'attention' | 'clock' | 'users'>;
type CountedUsers = Pick<Levels, 'users' | 'usersUntil' | 'correctedAt' | 'unsure' | 'correctedBy'>;

/** From when on the counters of processes are needed to count users, milliseconds; `now`: before the first run. */
export function countersFrom(before: Levels | undefined, now: number): number {
  return Math.min(before?.usersUntil ?? now, before?.unsure?.from ?? Infinity);
}

/**
 * Users by outcome: their rows one by one at the first run, after a census, and when users changed while that was done; else
 * what was counted before and the counters since. Those that were written until `until` are added for good: a process may
 * still be writing later ones. `rows`: since `countersFrom`.
 */
export async function countUsers(
  services: CountedServices,
  rows: readonly CounterRow[],
  before: Levels | undefined,
  until: number,
  census: CensusState | undefined,
): Promise<CountedUsers> {
  const ended = census?.phase === 'done' ? census.id : null;
  const isDue = ended !== null && ended !== before?.correctedBy;
  if (before === undefined || isDue || isWrong(before, rows, services.clock.now()))
    return countAnew(services, ended ?? before?.correctedBy ?? null);
  const added = countsOf(sumCounts(countsBetween(rows, before.usersUntil, until)), 'users');
  const { correctedAt, correctedBy, unsure } = before;
  const usersUntil = Math.max(until, before.usersUntil);
  const isSure = unsure === undefined || (until >= unsure.until && !hasChanged(rows, unsure));
  return {
    users: raise(before.users, added),
    usersUntil,
    correctedAt,
    correctedBy,
    ...(isSure ? {} : { unsure }),
  };
}

async function countAnew(services: CountedServices, correctedBy: string | null): Promise<CountedUsers> {
  const { countersWritten, countersSettle } = timing.ops;
  const from = services.clock.now();
  const { users } = await repairAttention(services);
  const at = services.clock.now();
  // A change that the rows showed may be written down after that, by a process that could not at once, and one that they did
  // not show before it.
  const unsure = { from: from - countersWritten.ms, until: at + countersSettle.ms };
  return { users, usersUntil: at, correctedAt: at, correctedBy, unsure };
}

/**
 * Users changed while their rows were read: some are in the count twice, or not at all. They are counted again once none
 * changes any more, and now and then until then: each count of a large tenant reads a row a user.
 */
function isWrong({ unsure, correctedAt }: Levels, rows: readonly CounterRow[], now: number): boolean {
  if (unsure === undefined || now < unsure.until || !hasChanged(rows, unsure)) return false;
  // As long as the count that is made then must stay without a change: what comes every minute ends none of them.
  const isCalm = !hasChanged(rows, { from: now - timing.ops.countersSettle.ms, until: now });
  return isCalm || now - correctedAt >= timing.ops.countedAgain.ms;
}

function hasChanged(rows: readonly CounterRow[], { from, until }: NonNullable<Levels['unsure']>): boolean {
  return countsBetween(rows, from, until).some((counts) => Object.keys(countsOf(counts, 'users')).length > 0);
}

/** What processes wrote down after `from` and until `until`. */
export function countsBetween(rows: readonly CounterRow[], from: number, until: number): readonly Counts[] {
  return rows.filter(({ at }) => at > from && at <= until).map(({ counts }) => counts);
}
