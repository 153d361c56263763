import { scarceSeats } from '../../licensing/seats/sought-seats';
import type { SeatBook } from '../sources/catalogue-source';
import type { Services } from '../services';
import type { LookSetting } from './look-setting';

/** What every decision looks at beside the user and the policy: SKUs, seats as who has none set aside sees them, plans. */
export type TenantView = Pick<LookSetting, 'catalogue' | 'seats' | 'learntConflicts' | 'permissions'> & {
  readonly book: SeatBook;
};

/** The same for looks, plans, explanations and the census, so that their digests agree. */
export async function readTenantView(
  services: Pick<Services, 'catalogue' | 'learntConflicts' | 'waitingSkus' | 'settings'>,
  signal?: AbortSignal,
): Promise<TenantView> {
  const [{ catalogue, book }, learntConflicts, waitedFor] = await Promise.all([
    services.catalogue.read(signal),
    services.learntConflicts.current(),
    services.waitingSkus.current(),
  ]);
  const { lanes, permissions } = services.settings;
  return { catalogue, book, seats: scarceSeats(book, 2 * lanes, waitedFor), learntConflicts, permissions };
}
