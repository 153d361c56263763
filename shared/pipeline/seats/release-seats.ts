import type { SkuId } from '../../kernel/ids';
import type { Operation } from '../../licensing/decision';
import type { Services } from '../services';
import type { Task } from '../task';
import { serveNow } from './drain-waiting';
import type { SeenUser } from '../look/look-at-user';
import { leaveLists, listsOfLook, listsOfRow } from './seek-seats';
import type { UserRecord } from '../../store/ports/user-store';

/** After a refusal for want of seats nobody is given any for so long: the book says more than there is. */
const refusedMs = 30_000;

/** A write is confirmed: its user leaves the lists, and who waits for a seat it freed, or next in line, is served. */
export async function releaseSeats(
  services: Services,
  task: Task,
  record: UserRecord,
  look: SeenUser,
  operation: Operation,
): Promise<void> {
  const held = new Set(
    [...look.input.holding.direct, ...look.input.holding.inherited].map((one) => one.skuId),
  );
  services.catalogue.took(operation.add.flatMap(({ skuId }) => (held.has(skuId) ? [] : [skuId])));
  const { granted } = look;
  const staying = listsOfLook({ ...look, granted: new Set() });
  await leaveLists(services, record.userId, [...listsOfRow(record), ...granted], staying);
  const waitedFor = await services.waitingSkus.current();
  const touched = [...operation.remove, ...granted];
  for (const skuId of operation.remove) services.drainGate.spentUntil.delete(skuId);
  // Somebody else waits for the next round already: the lane need not.
  if (services.drainGate.next !== undefined) return;
  if (touched.some((skuId) => waitedFor.has(skuId))) await serveNow(services, task);
}

/**
 * Graph refused a seat that the book had. The seats set aside for this SKU are void for a while, so that no crowd
 * runs into the same refusal; the user keeps their place.
 */
export async function seatsRefused(
  services: Services,
  userId: UserRecord['userId'],
  skuIds: readonly SkuId[],
): Promise<void> {
  const { catalogue, waiting, clock } = services;
  catalogue.markFull(skuIds);
  for (const skuId of skuIds) await waiting.noteRefused(skuId, clock.now() + refusedMs);
  for (const place of await waiting.ofUser(userId, skuIds)) {
    if (place.grantedUntil !== null) await waiting.grant(place, null);
  }
}
