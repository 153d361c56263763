import type { SkuId, UserId } from '../../kernel/ids';
import { isReserved } from '../../licensing/seats/serve-waiting';
import { soughtSeats } from '../../licensing/seats/sought-seats';
import type { SoughtSeat } from '../../licensing/seats/sought-seats';
import { readIfUsable } from '../crashes/unusable-row';
import type { Services } from '../services';
import type { Task } from '../task';
import { waitedSince } from '../row/standing/stood-since';
import { listsOfRow } from '../row/user-state';
import { mapConcurrently } from '../../kernel/concurrently';
import { readersAtOnce } from './read-page';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';
import type { WaitingEntry } from '../../words/waiting';
import { timing } from '../../kernel/timing';

type Lists = ReadonlyMap<SkuId, ReadonlyMap<UserId, WaitingEntry>>;
export type WaitingListServices = Pick<Services, 'users' | 'waiting' | 'waitingSkus' | 'policy' | 'clock'>;

/**
 * Makes the waiting lists say what the users' rows say: a user who waits and is on no list is put there, with the time
 * that the row knows; a user who does not wait any more is taken off. What a row said when it was listed may have
 * changed since: each is read again before anything is done about it. `listed` and `unlisted` count entries.
 */
export async function repairWaitingLists(
  services: WaitingListServices,
  task: Task,
): Promise<{ readonly listed: number; readonly unlisted: number }> {
  const lists = await readLists(services);
  const waits = new Map<SkuId, Set<UserId>>();
  const missing: UserId[] = [];
  for await (const { userId, state } of services.users.list()) {
    const sought = listsOfRow({ state });
    for (const skuId of sought) waits.set(skuId, (waits.get(skuId) ?? new Set()).add(userId));
    if (sought.some((skuId) => lists.get(skuId)?.has(userId) !== true)) missing.push(userId);
  }
  const listed = await mapConcurrently(missing, readersAtOnce, (userId) =>
    listAgain(services, userId, lists),
  );
  const idle = [...lists.values()]
    .flatMap((places) => [...places.values()])
    .filter(({ skuId, userId }) => waits.get(skuId)?.has(userId) !== true);
  const unlisted = await mapConcurrently(idle, readersAtOnce, (entry) => unlist(services, entry));
  const count = { listed: sum(listed), unlisted: sum(unlisted) };
  if (count.listed + count.unlisted > 0) {
    task.logger.warn('The waiting lists were not what the users’ rows say; repaired', count);
  }
  return count;
}

async function readLists({ waiting }: WaitingListServices): Promise<Lists> {
  const lists = new Map<SkuId, Map<UserId, WaitingEntry>>();
  for (const skuId of await waiting.skus()) {
    const places = new Map<UserId, WaitingEntry>();
    for await (const entry of waiting.list(skuId)) places.set(entry.userId, entry);
    lists.set(skuId, places);
  }
  return lists;
}

/** Number of lists that the user was put on. No user waits where the policy only observes. */
async function listAgain(services: WaitingListServices, userId: UserId, lists: Lists): Promise<number> {
  const record = await readIfUsable(services.users, userId);
  const state = record?.state ?? null;
  if (record === undefined || state === null) return 0;
  const missing = soughtSeats(state.skus).filter(({ skuId }) => lists.get(skuId)?.has(userId) !== true);
  if (missing.length === 0) return 0;
  const { policy } = await services.policy.forUser(record);
  if (policy.mode === 'observe') return 0;
  for (const seat of missing) await put(services, record.userId, state, seat);
  return missing.length;
}

async function put(
  { waiting, waitingSkus }: WaitingListServices,
  userId: UserId,
  state: UserState,
  seat: SoughtSeat,
): Promise<void> {
  const { userPrincipalName } = state;
  waitingSkus.add(seat.skuId);
  await waiting.put({ ...seat, userId, userPrincipalName, since: waitedSince(state, seat.skuId) });
}

/** 1: the entry was removed. One that is young or granted, or whose user is being handled, is left to that. */
async function unlist(services: WaitingListServices, { skuId, userId }: WaitingEntry): Promise<0 | 1> {
  const { clock, users, waiting } = services;
  const now = clock.now();
  const [entry] = await waiting.ofUser(userId, [skuId]);
  if (entry === undefined || now - entry.since < timing.census.youngEntry.ms || isReserved(entry, now))
    return 0;
  const record = await readIfUsable(users, userId);
  if (record === undefined) return 0;
  if (isUnderWay(record) || listsOfRow(record).includes(skuId)) return 0;
  await waiting.remove(userId, [skuId]);
  return 1;
}

const isUnderWay = ({ state }: UserRecord): boolean =>
  state !== null && (state.outcome === null || state.intent !== null);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);
