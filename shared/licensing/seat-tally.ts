import type { SkuId } from '../kernel/ids';
import type { Catalogue } from './catalogue';
import { freeSeats } from './catalogue';
import type { Decision, Seats } from './decision';
import type { Holding } from './holding';
import { compareText } from './id-set';

export type SeatForecast = {
  readonly skuId: SkuId;
  readonly skuPartNumber: string;
  readonly enabled: number;
  readonly consumedBefore: number;
  readonly consumedAfter: number;
  /** Users who would wait for a seat. */
  readonly waiting: number;
};

export type SeatTally = {
  /** The seats that are left after the decisions added so far; seats that are freed count at once. */
  readonly seats: Seats;
  add(holding: Holding, decision: Decision): void;
  /** SKUs of which the number changes or for which somebody waits, by part number. */
  forecast(): SeatForecast[];
};

/** Seats by the book while many decisions are planned: a user costs one seat a SKU, directly or from groups. */
export function makeSeatTally(catalogue: Catalogue): SeatTally {
  const taken = new Map<SkuId, number>();
  const waiting = new Map<SkuId, number>();
  const bump = (map: Map<SkuId, number>, skuId: SkuId, by: number) => {
    map.set(skuId, (map.get(skuId) ?? 0) + by);
  };
  return {
    seats: {
      free: (skuId) => {
        const sku = catalogue.skuById(skuId);
        return sku === undefined ? 0 : freeSeats(sku) - (taken.get(skuId) ?? 0);
      },
      listOnly: () => false,
    },
    add(holding, { operation, skus }) {
      const inherited = new Set(
        holding.inherited.filter((license) => license.state !== 'Error').map((license) => license.skuId),
      );
      const direct = new Set(holding.direct.map((license) => license.skuId));
      for (const { skuId } of operation?.add ?? []) {
        if (!direct.has(skuId) && !inherited.has(skuId)) bump(taken, skuId, 1);
      }
      for (const skuId of operation?.remove ?? []) if (!inherited.has(skuId)) bump(taken, skuId, -1);
      for (const { skuId, outcome } of skus) if (outcome === 'waiting') bump(waiting, skuId, 1);
    },
    forecast: () =>
      catalogue.skus
        .filter((sku) => (taken.get(sku.skuId) ?? 0) !== 0 || waiting.has(sku.skuId))
        .map((sku) => ({
          skuId: sku.skuId,
          skuPartNumber: sku.skuPartNumber,
          enabled: sku.enabledUnits,
          consumedBefore: sku.consumedUnits,
          consumedAfter: sku.consumedUnits + (taken.get(sku.skuId) ?? 0),
          waiting: waiting.get(sku.skuId) ?? 0,
        }))
        .sort((a, b) => compareText(a.skuPartNumber, b.skuPartNumber)),
  };
}
