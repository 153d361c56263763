import type { SkuId, UserId } from '../../kernel/ids';
import { collect, mapConcurrently } from '../../kernel/concurrently';
import { isReserved, serveWaiting } from '../../licensing/seats/serve-waiting';
import { lookHint } from '../../queue/look-hint';
import { sendHints } from '../send-messages';
import type { DrainRound } from './drain-gate';
import type { Services } from '../services';
import type { Task } from '../task';
import { withLease } from '../with-lease';
import { applyScope, intakeScope, skuScope } from '../pauses/pause-scope';
import type { WaitingEntry } from '../../words/waiting';
import { timing } from '../../kernel/timing';

const lease = 'waiting-list';
const atOnce = 16;

/** What serving the waiting lists uses of the process. */
export type ServeServices = Pick<
  Services,
  'catalogue' | 'clock' | 'drainGate' | 'leases' | 'newId' | 'pauses' | 'queues' | 'settings' | 'waiting'
>;

/** The handler of the `waiting-list` timer: serves who waits, as far as seats are free. */
export async function drainWaiting(services: ServeServices, task: Task): Promise<void> {
  await serveNow(services, task);
}

/**
 * Serves the waiting lists now: one holder of the lease reads the seats afresh and sets them aside, by priority,
 * then waiting time. All who come while a round runs share the next one. `inHand` is being handled by the caller and
 * gets no hint; such a user also waits for a holder that died. False: another process is at it, and the users it
 * serves get a hint.
 */
export function serveNow(services: ServeServices, task: Task, inHand?: UserId): Promise<boolean> {
  const { drainGate: gate, clock } = services;
  const running = gate.running;
  if (gate.next === undefined && running !== undefined) gate.next = following(running);
  const round = gate.next;
  if (round !== undefined) {
    if (inHand !== undefined) round.inHand.add(inHand);
    return round.done;
  }
  return begin(new Set(inHand === undefined ? [] : [inHand])).done;

  function begin(users: Set<UserId>): DrainRound {
    const done = serveUnderLease(services, task, users).finally(() => {
      gate.running = undefined;
    });
    return (gate.running = { inHand: users, done });
  }

  function following(before: DrainRound): DrainRound {
    const users = new Set<UserId>();
    const done = before.done
      .catch(() => false)
      .then(() => clock.sleep(timing.seats.round.ms))
      .then(() => {
        gate.next = undefined;
        return begin(users).done;
      });
    return { inHand: users, done };
  }
}

async function serveUnderLease(
  services: ServeServices,
  task: Task,
  inHand: ReadonlySet<UserId>,
): Promise<boolean> {
  const { leases, clock } = services;
  const holder = services.newId();
  // A user who goes on unserved gets the fallback now and the seat a moment later: two writes, and a license lost.
  const patience = inHand.size > 0 ? timing.seats.userPatience.ms : timing.seats.patience.ms;
  const until = clock.now() + patience;
  while (!(await leases.take(lease, holder, timing.seats.lease.ms))) {
    if (clock.now() >= until) return false;
    await clock.sleep(timing.seats.leaseRetry.ms);
  }
  await withLease(services, task, { name: lease, holder }, () => serveRound(services, task, inHand));
  return true;
}

async function serveRound(services: ServeServices, task: Task, inHand: ReadonlySet<UserId>): Promise<void> {
  const { waiting, catalogue, clock } = services;
  const { logger } = task;
  const skus = await openSkus(services, await waiting.skus());
  if (skus.length === 0) return;
  const { book } = await catalogue.readFresh();
  const served = new Set<UserId>();
  for (const skuId of skus) {
    const free = book.free(skuId);
    const now = clock.now();
    const { refusedUntil, left } = await waiting.service(skuId);
    if (free <= 0) {
      if (left === undefined || left.seats > 0) await waiting.noteServed(skuId, now, 0, 0);
      continue;
    }
    if (refusedUntil !== null && refusedUntil > now) continue;
    const { granted, outstanding, unused } = await grantSeats(services, skuId, free, now);
    const open = Math.max(0, free - outstanding);
    // Seats that were there at first, and those whose reservation ran out, did not come free.
    const freed = left === undefined ? 0 : Math.max(0, open - left.seats - unused(left.at));
    if (granted.length > 0 || freed > 0) await waiting.noteServed(skuId, now, freed, open - granted.length);
    if (granted.length === 0) continue;
    for (const { userId } of granted) served.add(userId);
    logger.info('Seats set aside for users who wait', { skuId, seats: granted.length, free });
  }
  for (const userId of inHand) served.delete(userId);
  if (served.size === 0) return;
  const seenAt = clock.now();
  await sendHints(
    services,
    task,
    [...served].map((id) => lookHint(id, 'waiting', seenAt)),
  );
}

/** Seats of what is paused would be set aside in vain. */
async function openSkus({ pauses }: ServeServices, skus: readonly SkuId[]): Promise<readonly SkuId[]> {
  if (skus.length === 0) return skus;
  const scopes = new Set((await pauses.current()).map(({ scope }) => scope));
  if (scopes.has(applyScope) || scopes.has(intakeScope)) return [];
  return skus.filter((skuId) => !scopes.has(skuScope(skuId)));
}

/** `outstanding`: reservations that hold; `unused`: those that ran out since a time. */
type Given = {
  readonly granted: readonly WaitingEntry[];
  readonly outstanding: number;
  readonly unused: (since: number) => number;
};

/**
 * In portions: so many are set aside at a time as are written within seconds. Their writes go before those of
 * crowds, and a grant must not run out while its user stands in a queue.
 */
async function grantSeats(
  { waiting, settings, drainGate }: ServeServices,
  skuId: SkuId,
  free: number,
  now: number,
): Promise<Given> {
  const entries = await collect(waiting.list(skuId));
  const outstanding = entries.filter((entry) => isReserved(entry, now)).length;
  const portion = Math.max(0, 2 * settings.lanes - outstanding);
  const chosen = serveWaiting(entries, () => free, now).slice(0, portion);
  if (outstanding + chosen.length >= free) drainGate.spentUntil.set(skuId, now + timing.seats.spent.ms);
  // A user who has left or changed since the list was read is served by the next round.
  const done = await mapConcurrently(chosen, atOnce, (entry) =>
    waiting.reserve(entry, now + timing.seats.reservation.ms),
  );
  const unused = (since: number) =>
    entries.filter(({ grantedUntil: until }) => until !== null && until > since && until <= now).length;
  return { granted: chosen.filter((_, index) => done[index]), outstanding, unused };
}
