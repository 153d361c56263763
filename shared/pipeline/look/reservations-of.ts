import type { SkuId } from '../../kernel/ids';
import { isReserved } from '../../licensing/seats/serve-waiting';
import type { Services } from '../services';
import type { WaitingEntry } from '../../words/waiting';

/** SKUs of which a seat is set aside for the user of these entries, and Graph has not refused one since. */
export async function reservationsOf(
  { clock, waiting }: Pick<Services, 'clock' | 'waiting'>,
  places: readonly WaitingEntry[],
): Promise<ReadonlySet<SkuId>> {
  const now = clock.now();
  const granted = new Set<SkuId>();
  for (const place of places) {
    if (!isReserved(place, now)) continue;
    const { refusedUntil } = await waiting.service(place.skuId);
    if (refusedUntil === null || refusedUntil <= now) granted.add(place.skuId);
  }
  return granted;
}
