import { isoTime } from '../../kernel/clock';
import type { SkuId } from '../../kernel/ids';
import { freeSeats } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { estimateSeatTime } from '../../licensing/seats/estimate-seat-time';
import { isReserved } from '../../licensing/seats/serve-waiting';
import type { Services } from '../../pipeline/services';
import { findSkuOrExplain } from '../skus/find-sku';
import { collect } from '../../kernel/concurrently';

/** The waiting list of one SKU. */
export type WaitingView = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly seats: { readonly enabled: number; readonly consumed: number; readonly free: number };
  readonly waiting: number;
  /** In the order in which they will get a seat. Times are ISO 8601. */
  readonly users: readonly {
    readonly position: number;
    readonly userId: string;
    readonly userPrincipalName: string | null;
    readonly priority: number;
    readonly since: string;
    /** The SKU that stands in meanwhile; null: none. */
    readonly fallback: string | null;
    /** A seat is set aside for the user until then. */
    readonly seatUntil: string | null;
    /** null: unknown, no seat came free yet. */
    readonly expectedAt: string | null;
  }[];
};

/**
 * Who waits for which seat, SKU by SKU; `sku`: of this one only; of each list `limit` users at most, from `skip` on. When a seat is to be expected is told from the rate
 * at which seats came free so far. @throws UserError `ops/unknown-sku`
 */
export async function listWaiting(
  { waiting, clock, catalogue }: Pick<Services, 'waiting' | 'clock' | 'catalogue'>,
  options: { readonly sku?: string; readonly skip?: number; readonly limit?: number } = {},
): Promise<readonly WaitingView[]> {
  const { catalogue: tenant } = await catalogue.read();
  const skuIds =
    options.sku === undefined ? await waiting.skus() : [findSkuOrExplain(tenant, options.sku).skuId];
  const { skip = 0, limit = Infinity } = options;
  const views: WaitingView[] = [];
  for (const skuId of skuIds) {
    const entries = await collect(waiting.list(skuId));
    const { served } = await waiting.service(skuId);
    const now = clock.now();
    const sku = tenant.skuById(skuId);
    views.push({
      skuId,
      skuPartNumber: nameOf(tenant, skuId),
      seats: {
        enabled: sku?.enabledUnits ?? 0,
        consumed: sku?.consumedUnits ?? 0,
        free: sku === undefined ? 0 : Math.max(0, freeSeats(sku)),
      },
      waiting: entries.length,
      users: entries.slice(skip, skip + limit).map((entry, index) => {
        const position = skip + index + 1;
        const expected = estimateSeatTime(position, served, now);
        return {
          position,
          userId: entry.userId,
          userPrincipalName: entry.userPrincipalName,
          priority: entry.priority,
          since: isoTime(entry.since),
          fallback: entry.fallback === null ? null : nameOf(tenant, entry.fallback),
          seatUntil:
            isReserved(entry, now) && entry.grantedUntil !== null ? isoTime(entry.grantedUntil) : null,
          expectedAt: expected === undefined ? null : isoTime(expected),
        };
      }),
    });
  }
  return views.sort((a, b) => a.skuPartNumber.localeCompare(b.skuPartNumber, 'en'));
}

function nameOf(catalogue: Catalogue, skuId: SkuId): string {
  return catalogue.skuById(skuId)?.skuPartNumber ?? skuId;
}
