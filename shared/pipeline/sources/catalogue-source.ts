import type { Clock } from '../../kernel/clock';
import type { SkuId } from '../../kernel/ids';
import type { Directory } from '../../graph/directory';
import { freeSeats, makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { Seats } from '../../licensing/decision';

/** Free seats by the book, which may be some seconds old. */
export type SeatBook = Pick<Seats, 'free'>;

/** The tenant's SKUs, read at most every `maxAgeMs` per process: 3 resource units a reading. */
export interface CatalogueSource {
  read(signal?: AbortSignal): Promise<{ readonly catalogue: Catalogue; readonly book: SeatBook }>;
  /** The same, read from Graph now. */
  readFresh(signal?: AbortSignal): Promise<{ readonly catalogue: Catalogue; readonly book: SeatBook }>;
  /** This process has just used a seat of each of these, which the reading does not show yet. */
  took(skuIds: readonly SkuId[]): void;
  /** Graph refused these SKUs for want of seats: they count as full for a while, whatever the figures say. */
  markFull(skuIds: readonly SkuId[]): void;
}

const maxAgeMs = 10_000;
const fullForMs = 30_000;

export function makeCatalogueSource(directory: Directory, clock: Clock): CatalogueSource {
  let reading: { at: number; catalogue: Promise<Catalogue> } | undefined;
  const fullUntil = new Map<SkuId, number>();
  const taken = new Map<SkuId, number>();

  const catalogueNow = (signal?: AbortSignal): Promise<Catalogue> => {
    if (reading === undefined || clock.now() - reading.at >= maxAgeMs) {
      const catalogue = directory.listSkus(signal).then(makeCatalogue);
      taken.clear();
      const mine = { at: clock.now(), catalogue };
      reading = mine;
      catalogue.catch(() => {
        if (reading === mine) reading = undefined;
      });
    }
    return reading.catalogue;
  };

  const read = async (signal?: AbortSignal) => {
    const catalogue = await catalogueNow(signal);
    const book: SeatBook = {
      free: (skuId) => {
        if ((fullUntil.get(skuId) ?? 0) > clock.now()) return 0;
        const sku = catalogue.skuById(skuId);
        return sku === undefined ? 0 : Math.max(0, freeSeats(sku) - (taken.get(skuId) ?? 0));
      },
    };
    return { catalogue, book };
  };

  return {
    read,
    readFresh: (signal) => {
      reading = undefined;
      return read(signal);
    },
    took(skuIds) {
      for (const skuId of skuIds) taken.set(skuId, (taken.get(skuId) ?? 0) + 1);
    },
    markFull(skuIds) {
      for (const skuId of skuIds) fullUntil.set(skuId, clock.now() + fullForMs);
      reading = undefined;
    },
  };
}
