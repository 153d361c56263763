import type { Catalogue } from '../../../licensing/catalogue/catalogue';
import type { CatalogueIndex } from '../../../licensing/catalogue/catalogue-index';
import type { HeldSku } from '../held-skus';
import type { SkuPrices } from '../paid-skus';
import type { ReportInput, ReportUser } from '../report-input';
import type { FindingLine, ReportFinding } from '../tenant-report';

/** A user with what was worked out of their licenses. */
export type SeenUser = { readonly user: ReportUser; readonly held: readonly HeldSku[] };

/** What every finding looks at. */
export type FindingInput = Pick<ReportInput, 'at' | 'conflicts' | 'groupNames' | 'skus'> & {
  readonly seen: readonly SeenUser[];
  readonly catalogue: Catalogue;
  readonly index: CatalogueIndex;
  readonly prices: SkuPrices;
};

export type MakeFinding = (input: FindingInput) => ReportFinding;

/** A line about a user. */
export function lineOf({ id, userPrincipalName, displayName }: ReportUser, detail: string): FindingLine {
  return { id, name: userPrincipalName ?? displayName ?? id, detail };
}

/** The paid SKUs that a user holds. */
export function paidOf({ held }: SeenUser, { prices }: FindingInput): readonly HeldSku[] {
  return held.filter(({ skuId }) => prices.isPaid(skuId));
}

/** Part numbers, sorted, as one text. */
export function namesOf(held: readonly Pick<HeldSku, 'skuId'>[], { index }: FindingInput): string {
  return held
    .map(({ skuId }) => index.skuName(skuId))
    .sort()
    .join(', ');
}

/** What the seats of those of them that are paid cost a month; null: none of these has a price. */
export function costOf(
  held: readonly Pick<HeldSku, 'skuId'>[],
  input: Pick<FindingInput, 'catalogue' | 'prices'>,
): number | null {
  const paid = held.filter(({ skuId }) => input.prices.isPaid(skuId));
  const known = paid.flatMap(({ skuId }) => {
    const sku = input.catalogue.skuById(skuId);
    const price = sku === undefined ? null : input.prices.priceOf(sku);
    return price === null ? [] : [price];
  });
  return known.length === 0 ? null : toCents(known.reduce((sum, price) => sum + price, 0));
}

/** Sums of prices without the noise of binary fractions. */
export function toCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
