import type { SkuId } from '../../kernel/ids';
import type { SubscribedSku } from '../../words/sku';

/**
 * Part numbers of what Microsoft gives away, for want of prices: free, trial, self-service and included subscriptions of
 * https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference.
 */
const free =
  /(^|_)(FREE|VIRAL|TRIAL|ADHOC|DEV)(_|$)|EXPLORATORY|^POWER_BI_STANDARD$|^WINDOWS_STORE$|^STREAM$/;

/** What the seats of a tenant cost. */
export type SkuPrices = {
  /** Of one seat a month; null: not known. */
  priceOf(sku: Pick<SubscribedSku, 'skuId' | 'skuPartNumber'>): number | null;
  /** Whether a seat of it costs money: by its price, or by its name where no price is known. */
  isPaid(skuId: SkuId): boolean;
};

/** @param prices by part number or id in lower case */
export function makeSkuPrices(
  skus: readonly SubscribedSku[],
  prices: ReadonlyMap<string, number>,
): SkuPrices {
  const priceOf: SkuPrices['priceOf'] = ({ skuId, skuPartNumber }) =>
    prices.get(skuPartNumber.toLowerCase()) ?? prices.get(skuId.toLowerCase()) ?? null;
  const paid = new Set(
    skus
      .filter((sku) => {
        const price = priceOf(sku);
        return price === null ? !free.test(sku.skuPartNumber.toUpperCase()) : price > 0;
      })
      .map(({ skuId }) => skuId),
  );
  return { priceOf, isPaid: (skuId) => paid.has(skuId) };
}
