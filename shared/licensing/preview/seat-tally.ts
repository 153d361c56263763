import type { SkuId } from '../../kernel/ids';
import type { Catalogue } from '../catalogue/catalogue';
import { freeSeats } from '../catalogue/catalogue';
import type { Decision, Seats } from '../decision';
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

/** What a decision does to the seats of the tenant. */
export type SeatMoves = {
  /** SKUs of which it takes a seat: who holds one, directly or from a group, has its seat already. */
  readonly takes: readonly SkuId[];
  readonly frees: readonly SkuId[];
  /** SKUs for which the user waits. */
  readonly waits: readonly SkuId[];
};

export type SeatTally = {
  /** The seats that are left after the decisions added so far; seats that are freed count at once. */
  readonly seats: Seats;
  add(moves: SeatMoves): void;
  /** Takes back what `add` of the same moves did. */
  withdraw(moves: SeatMoves): void;
  /** SKUs of which the number changes or for which a user waits, by part number. */
  seatsAfter(): SeatsAfter[];
};

/** What this decision on a user with this holding does to the seats. */
export function seatMovesOf(holding: Holding, { operation, skus }: Decision): SeatMoves {
  const direct = new Set(holding.direct.map((license) => license.skuId));
  const inherited = new Set(
    holding.inherited.filter((license) => license.state !== 'Error').map((license) => license.skuId),
  );
  const added = operation?.add.map((one) => one.skuId) ?? [];
  return {
    takes: added.filter((skuId) => !direct.has(skuId) && !inherited.has(skuId)),
    frees: operation?.remove.filter((skuId) => !inherited.has(skuId)) ?? [],
    waits: skus.filter(({ outcome }) => outcome === 'waiting').map(({ skuId }) => skuId),
  };
}

/** Seats by the book while many decisions are previewed: a user costs one seat a SKU, directly or from groups. */
export function makeSeatTally(catalogue: Catalogue): SeatTally {
  const taken = new Map<SkuId, number>();
  const waiting = new Map<SkuId, number>();
  const bump = (map: Map<SkuId, number>, skuId: SkuId, by: number) => {
    map.set(skuId, (map.get(skuId) ?? 0) + by);
  };
  const count = ({ takes, frees, waits }: SeatMoves, by: 1 | -1) => {
    for (const skuId of takes) bump(taken, skuId, by);
    for (const skuId of frees) bump(taken, skuId, -by);
    for (const skuId of waits) bump(waiting, skuId, by);
  };
  return {
    seats: {
      free: (skuId) => {
        const sku = catalogue.skuById(skuId);
        return sku === undefined ? 0 : freeSeats(sku) - (taken.get(skuId) ?? 0);
      },
      listOnly: () => false,
    },
    add: (moves) => count(moves, 1),
    withdraw: (moves) => count(moves, -1),
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
