import type { ServicePlanId, SkuId } from '../../kernel/ids';
import { foldText } from '../../policy/fold-case';
import type { PolicyBindings } from '../../words/policy-version';
import type { Catalogue } from './catalogue';
import { plansNamed } from './catalogue';

/** A bound name that the tenant calls `now`; it still stands for `id`. */
export type Renamed = { readonly name: string; readonly id: SkuId | ServicePlanId; readonly now: string };

/** A bound name that `others` have as well. `sku`: of a plan's name, the SKU in which they have it. */
export type Shared = {
  readonly name: string;
  readonly id: SkuId | ServicePlanId;
  readonly others: readonly (SkuId | ServicePlanId)[];
  readonly sku: string | null;
};

/** What of the bound names the tenant calls otherwise now. Of what is gone nothing is said here. */
export function findRenamed(bindings: PolicyBindings | null, catalogue: Catalogue): readonly Renamed[] {
  if (bindings === null) return [];
  return [
    ...bindings.skus.map(({ name, skuId }) => ({
      name,
      id: skuId,
      now: catalogue.skuById(skuId)?.skuPartNumber,
    })),
    ...bindings.plans.map(({ skuId, name, servicePlanId: id }) => {
      const plans = catalogue.skuById(skuId)?.servicePlans ?? [];
      return { name, id, now: plans.find(({ servicePlanId }) => servicePlanId === id)?.servicePlanName };
    }),
  ].flatMap(({ now, ...one }) => (now === undefined || foldText(now) === one.name ? [] : [{ ...one, now }]));
}

/** Bound names that more than one SKU, or more than one plan of the SKU, has now. Of what is gone nothing is said here. */
export function findShared(bindings: PolicyBindings | null, catalogue: Catalogue): readonly Shared[] {
  if (bindings === null) return [];
  const skus = bindings.skus.flatMap(({ name, skuId }): Shared[] => {
    const others = catalogue.skusNamed(name).map((sku) => sku.skuId);
    return catalogue.skuById(skuId) === undefined ? [] : [{ name, id: skuId, others, sku: null }];
  });
  const plans = bindings.plans.flatMap(({ skuId, name, servicePlanId: id }): Shared[] => {
    const sku = catalogue.skuById(skuId);
    if (!sku?.servicePlans.some(({ servicePlanId }) => servicePlanId === id)) return [];
    const others = plansNamed(sku, name).map(({ servicePlanId }) => servicePlanId);
    return [{ name, id, others, sku: sku.skuPartNumber }];
  });
  return [...skus, ...plans].flatMap((one) => {
    const others = one.others.filter((id) => id !== one.id).sort();
    return others.length === 0 ? [] : [{ ...one, others }];
  });
}
