import type { Clock } from '../kernel/clock';
import type { SkuId } from '../kernel/ids';
import type { Directory } from '../graph/directory';
import { freeSeats, makeCatalogue } from '../licensing/catalogue';
import type { Catalogue } from '../licensing/catalogue';
import type { Seats } from '../licensing/decision';

/** The tenant's SKUs, read at most every `maxAgeMs` per process: 3 resource units a reading. */
export interface CatalogueSource {
  read(signal?: AbortSignal): Promise<{ readonly catalogue: Catalogue; readonly seats: Seats }>;
  /** Graph refused these SKUs for want of seats: they count as full for a while, whatever the figures say. */
  markFull(skuIds: readonly SkuId[]): void;
}

const maxAgeMs = 10_000;
const fullForMs = 30_000;

export function makeCatalogueSource(directory: Directory, clock: Clock): CatalogueSource {
  let reading: { at: number; catalogue: Promise<Catalogue> } | undefined;
  const fullUntil = new Map<SkuId, number>();

  const catalogueNow = (signal?: AbortSignal): Promise<Catalogue> => {
    if (reading === undefined || clock.now() - reading.at >= maxAgeMs) {
      const catalogue = directory.listSkus(signal).then(makeCatalogue);
      const mine = { at: clock.now(), catalogue };
      reading = mine;
      catalogue.catch(() => {
        if (reading === mine) reading = undefined;
      });
    }
    return reading.catalogue;
  };

  return {
    async read(signal) {
      const catalogue = await catalogueNow(signal);
      const seats: Seats = {
        free: (skuId) => {
          if ((fullUntil.get(skuId) ?? 0) > clock.now()) return 0;
          const sku = catalogue.skuById(skuId);
          return sku === undefined ? 0 : Math.max(0, freeSeats(sku));
        },
        // Handing out scarce seats in order is the waiting list's work; until it is built the POST decides.
        listOnly: () => false,
      };
      return { catalogue, seats };
    },
    markFull(skuIds) {
      for (const skuId of skuIds) fullUntil.set(skuId, clock.now() + fullForMs);
      reading = undefined;
    },
  };
}
