import type { SkuId } from '../../kernel/ids';
import type { UserRecord } from '../../store/ports/user-store';
import type { Services } from '../services';
import type { Task } from '../task';
import type { EffectAfter } from '../row/effects';
import { serveNow } from './drain-waiting';
import type { ServeServices } from './drain-waiting';
import { timing } from '../../kernel/timing';

/** A write is confirmed: the book knows, and users who wait for a seat it freed, or next in line, are served. */
export async function noteSeats(
  services: ServeServices & Pick<Services, 'waitingSkus'>,
  task: Task,
  { used, freed, granted }: Omit<Extract<EffectAfter, { kind: 'noteSeats' }>, 'kind'>,
): Promise<void> {
  const { catalogue, waitingSkus, drainGate } = services;
  catalogue.took(used);
  const waitedFor = await waitingSkus.current();
  for (const skuId of freed) drainGate.spentUntil.delete(skuId);
  // Another user waits for the next round already: the lane need not.
  if (drainGate.next !== undefined) return;
  if ([...freed, ...granted].some((skuId) => waitedFor.has(skuId))) await serveNow(services, task);
}

/**
 * Graph refused a seat that the book had. The seats set aside for this SKU are void for a while, so that no crowd
 * runs into the same refusal; the user keeps their place.
 */
export async function seatsRefused(
  services: Pick<Services, 'catalogue' | 'waiting' | 'clock'>,
  userId: UserRecord['userId'],
  skuIds: readonly SkuId[],
): Promise<void> {
  const { catalogue, waiting, clock } = services;
  catalogue.markFull(skuIds);
  for (const skuId of skuIds) await waiting.noteRefused(skuId, clock.now() + timing.seats.refused.ms);
  for (const place of await waiting.ofUser(userId, skuIds)) {
    if (place.grantedUntil !== null) await waiting.reserve(place, null);
  }
}
