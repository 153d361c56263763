import type { Clock } from '../../kernel/clock';
import { remember } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { SkuId } from '../../kernel/ids';
import type { Directory } from '../../graph/directory';
import { freeSeats, makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { Seats } from '../../licensing/decision';

/** Free seats by the book, which may be some seconds old. */
export type SeatBook = Pick<Seats, 'free'>;

/** The tenant's SKUs, read at most every `timing.sources.catalogue` per process: 3 resource units a reading. */
export interface CatalogueSource {
  read(signal?: AbortSignal): Promise<{ readonly catalogue: Catalogue; readonly book: SeatBook }>;
  /** The same, read from Graph now. */
  readFresh(signal?: AbortSignal): Promise<{ readonly catalogue: Catalogue; readonly book: SeatBook }>;
  /** This process has just used a seat of each of these, which the reading does not show yet. */
  took(skuIds: readonly SkuId[]): void;
  /** Graph refused these SKUs for want of seats: they count as full for a while, whatever the figures say. */
  markFull(skuIds: readonly SkuId[]): void;
}

/** A CatalogueSource over `directory`. */
export function makeCatalogueSource(directory: Directory, clock: Clock): CatalogueSource {
  const fullUntil = new Map<SkuId, number>();
  const taken = new Map<SkuId, number>();

  const catalogues = remember(
    async (signal): Promise<Catalogue> => {
      taken.clear();
      return makeCatalogue(await directory.listSkus(signal));
    },
    { clock, maxAgeMs: timing.sources.catalogue.ms },
  );

  const read = async (signal?: AbortSignal) => {
    const catalogue = await catalogues.current(signal === undefined ? {} : { signal });
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
      catalogues.forget();
      return read(signal);
    },
    took(skuIds) {
      for (const skuId of skuIds) taken.set(skuId, (taken.get(skuId) ?? 0) + 1);
    },
    markFull(skuIds) {
      for (const skuId of skuIds) fullUntil.set(skuId, clock.now() + timing.sources.noSeats.ms);
      catalogues.forget();
    },
  };
}
