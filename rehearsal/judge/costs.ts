import type { SubscribedSku } from '../../shared/words/sku';
import { makeSkuPrices } from '../../shared/tenant/report/paid-skus';

/** Seats of one SKU before and after; costs of a month, null where no price is known. */
export type RehearsedSku = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly seats: number;
  readonly takenBefore: number;
  readonly takenAfter: number;
  readonly price: number | null;
  readonly costBefore: number | null;
  readonly costAfter: number | null;
};

/** A month, over the SKUs with a price, of seats that are taken; null: no price is known. */
export type RehearsedCost = {
  readonly before: number;
  readonly after: number;
  /** SKUs with users that no price was given for. */
  readonly unpriced: readonly string[];
} | null;

const cents = (amount: number) => Math.round(amount * 100) / 100;

/**
 * What the seats that users take cost before and after.
 * @param prices of a seat a month, by part number or id in lower case
 */
export function compareCosts(
  before: readonly SubscribedSku[],
  after: readonly SubscribedSku[],
  prices: ReadonlyMap<string, number>,
): { readonly skus: readonly RehearsedSku[]; readonly cost: RehearsedCost } {
  const known = makeSkuPrices(after, prices);
  const takenBefore = new Map(before.map((sku) => [sku.skuId, sku.consumedUnits]));
  const skus = after
    .map((sku): RehearsedSku => {
      const price = known.priceOf(sku);
      const taken = takenBefore.get(sku.skuId) ?? 0;
      return {
        skuId: sku.skuId,
        skuPartNumber: sku.skuPartNumber,
        seats: sku.enabledUnits,
        takenBefore: taken,
        takenAfter: sku.consumedUnits,
        price,
        costBefore: price === null ? null : cents(price * taken),
        costAfter: price === null ? null : cents(price * sku.consumedUnits),
      };
    })
    .sort((a, b) => a.skuPartNumber.localeCompare(b.skuPartNumber, 'en'));
  const priced = skus.filter(({ price }) => price !== null);
  if (priced.length === 0) return { skus, cost: null };
  const sum = (amounts: readonly (number | null)[]) =>
    cents(amounts.reduce<number>((total, one) => total + (one ?? 0), 0));
  return {
    skus,
    cost: {
      before: sum(priced.map(({ costBefore }) => costBefore)),
      after: sum(priced.map(({ costAfter }) => costAfter)),
      unpriced: skus
        .filter(({ price, takenAfter }) => price === null && takenAfter > 0)
        .map(({ skuPartNumber }) => skuPartNumber),
    },
  };
}
