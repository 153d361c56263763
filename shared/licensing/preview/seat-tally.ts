import type { SkuId } from '../../kernel/ids';
import type { Catalogue } from '../catalogue/catalogue';
import { freeSeats } from '../catalogue/catalogue';
import type { Decision, Operation, Seats } from '../decision';
import type { Holding } from '../holding/holding';
import { compareText } from '../../kernel/id-set';

export type SeatsAfter = {
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
  /** Takes back what `add` of the same decision did. */
  withdraw(holding: Holding, decision: Decision): void;
  /** SKUs of which the number changes or for which a user waits, by part number. */
  seatsAfter(): SeatsAfter[];
};

/** SKUs of which an operation takes a seat: who holds one, directly or from a group, has its seat already. */
export function newSkus(holding: Holding, operation: Operation | undefined): SkuId[] {
  if (operation === undefined) return [];
  const direct = new Set(holding.direct.map((license) => license.skuId));
  const inherited = new Set(
    holding.inherited.filter((license) => license.state !== 'Error').map((license) => license.skuId),
  );
  return operation.add.map((one) => one.skuId).filter((skuId) => !direct.has(skuId) && !inherited.has(skuId));
}

/** Seats by the book while many decisions are previewed: a user costs one seat a SKU, directly or from groups. */
export function makeSeatTally(catalogue: Catalogue): SeatTally {
  const taken = new Map<SkuId, number>();
  const waiting = new Map<SkuId, number>();
  const bump = (map: Map<SkuId, number>, skuId: SkuId, by: number) => {
    map.set(skuId, (map.get(skuId) ?? 0) + by);
  };
  const count = (holding: Holding, { operation, skus }: Decision, by: 1 | -1) => {
    const inherited = new Set(
      holding.inherited.filter((license) => license.state !== 'Error').map((license) => license.skuId),
    );
    for (const skuId of newSkus(holding, operation)) bump(taken, skuId, by);
    for (const skuId of operation?.remove ?? []) if (!inherited.has(skuId)) bump(taken, skuId, -by);
    for (const { skuId, outcome } of skus) if (outcome === 'waiting') bump(waiting, skuId, by);
  };
  return {
    seats: {
      free: (skuId) => {
        const sku = catalogue.skuById(skuId);
        return sku === undefined ? 0 : freeSeats(sku) - (taken.get(skuId) ?? 0);
      },
      listOnly: () => false,
    },
    add: (holding, decision) => count(holding, decision, 1),
    withdraw: (holding, decision) => count(holding, decision, -1),
    seatsAfter: () =>
      catalogue.skus
        .filter((sku) => (taken.get(sku.skuId) ?? 0) !== 0 || (waiting.get(sku.skuId) ?? 0) !== 0)
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
