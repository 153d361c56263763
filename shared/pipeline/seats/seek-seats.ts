import { isReserved } from '../../licensing/seats/serve-waiting';
import { soughtSeats } from '../../licensing/seats/sought-seats';
import type { SoughtSeat } from '../../licensing/seats/sought-seats';
import type { UserRecord } from '../../store/ports/user-store';
import type { WaitingEntry } from '../../words/waiting';
import type { Services } from '../services';
import type { ServeServices } from './drain-waiting';
import type { Task } from '../task';
import { listsOfSeen } from '../row/user-state';
import { serveNow } from './drain-waiting';
import { leaveLists } from './leave-lists';
import { reservationsOf } from '../look/reservations-of';
import { decideWithReservations } from '../look/look-at-user';
import { nameOf } from '../look/seen-user';
import type { SeenUser } from '../look/seen-user';

/**
 * Puts a user whom the decision leaves without a seat on the waiting lists, and has the lists served at once when
 * seats are free. The answer is the look as it is then: with a grant, it goes on to the write in the same breath.
 * Listing comes before the row is stored: an entry too many is found out by the look that its grant causes.
 */
export async function seekSeats(
  services: ServeServices &
    Pick<Services, 'guards' | 'ledgerCount' | 'rolloutStates' | 'rollouts' | 'waitingSkus'>,
  task: Task,
  record: UserRecord,
  look: SeenUser,
): Promise<SeenUser> {
  const { decision, input } = look;
  const sought = soughtSeats(decision.skus);
  if (sought.length === 0 || input.policy.mode === 'observe') return look;
  const places = new Map(look.places.map((place) => [place.skuId, place]));
  for (const seat of sought) await list(services, look, seat, places.get(seat.skuId));
  const { drainGate, clock } = services;
  const isOpen = ({ skuId }: SoughtSeat) =>
    look.book.free(skuId) > 0 && (drainGate.spentUntil.get(skuId) ?? 0) <= clock.now();
  if (!sought.some(isOpen)) return look;
  // Where another process served the lists instead, it may have served this user.
  await serveNow(services, task, record.userId);
  const granted = await reservationsOf(
    services,
    await services.waiting.ofUser(
      record.userId,
      sought.map(({ skuId }) => skuId),
    ),
  );
  return granted.size === 0 ? look : decideWithReservations(services, look, granted);
}

async function list(
  services: Pick<Services, 'clock' | 'waiting' | 'waitingSkus'>,
  look: SeenUser,
  { skuId, priority, fallback }: SoughtSeat,
  place: WaitingEntry | undefined,
): Promise<void> {
  const { clock, waiting, waitingSkus } = services;
  const now = clock.now();
  waitingSkus.add(skuId);
  if (place?.priority !== priority || place.fallback !== fallback) {
    await waiting.put({
      skuId,
      userId: look.input.user.id,
      userPrincipalName: nameOf(look.user, 'userPrincipalName'),
      priority,
      since: now,
      fallback,
    });
  } else if (place.grantedUntil !== null && !isReserved(place, now)) {
    // They have been looked at, so their turn comes again.
    await waiting.reserve(place, null);
  }
}

/**
 * A seat was set aside for a user who does not need it, or cannot take it: whatever put them on that list, they leave it,
 * and the seat goes to the next one.
 */
export async function leaveAllButThese(services: ServeServices, task: Task, look: SeenUser): Promise<void> {
  const places = await services.waiting.ofUser(look.input.user.id);
  const { decision, granted, leftFor } = look;
  const staying = listsOfSeen({ decision, granted: [...granted], leftFor });
  await leaveLists(
    services,
    look.input.user.id,
    places.map(({ skuId }) => skuId),
    staying,
  );
  const now = services.clock.now();
  const given = places.filter((place) => isReserved(place, now) && !staying.includes(place.skuId));
  if (given.length === 0) return;
  for (const { skuId } of given) services.drainGate.spentUntil.delete(skuId);
  await serveNow(services, task);
}
