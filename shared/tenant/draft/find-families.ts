import type { SkuId } from '../../kernel/ids';
import type { CatalogueIndex } from '../../licensing/catalogue/catalogue-index';

/** Of the plans of the smaller SKU so many must be in the larger one: they are editions of the same thing. */
const sameThing = 0.5;

/**
 * Families of SKUs of which every user holds one at most, best first: editions of a suite, such as E5 and E3.
 * @param held the SKUs of each user
 */
export function findFamilies(
  held: readonly (readonly SkuId[])[],
  index: CatalogueIndex,
): readonly (readonly SkuId[])[] {
  const together = new Set<string>();
  const all = new Set<SkuId>();
  for (const skus of held) {
    for (const one of skus) {
      all.add(one);
      for (const other of skus) if (one !== other) together.add(`${one} ${other}`);
    }
  }
  const size = (skuId: SkuId) => index.userPlans(skuId).length;
  const largestFirst = [...all].sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
  const families: SkuId[][] = [];
  for (const skuId of largestFirst) {
    const family = families.find((members) =>
      members.every((larger) => isEdition(skuId, larger, index) && !together.has(`${skuId} ${larger}`)),
    );
    if (family === undefined) families.push([skuId]);
    else family.push(skuId);
  }
  return families.filter((members) => members.length > 1);
}

function isEdition(smaller: SkuId, larger: SkuId, index: CatalogueIndex): boolean {
  const plans = index.userPlans(smaller);
  const shared = plans.filter((plan) => index.userPlanSet(larger).has(plan)).length;
  return (
    plans.length > 1 && index.userPlans(larger).length > plans.length && shared >= sameThing * plans.length
  );
}
