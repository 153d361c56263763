import type { SkuId } from '../../kernel/ids';
import type { ServicePlan, SubscribedSku } from '../../words/sku';

export type Catalogue = {
  readonly skus: readonly SubscribedSku[];
  skuById(id: SkuId): SubscribedSku | undefined;
  /** By skuPartNumber (any case) or GUID. */
  findSku(reference: string): SubscribedSku | undefined;
};

/** A catalogue over these SKUs. */
export function makeCatalogue(skus: readonly SubscribedSku[]): Catalogue {
  const byId = new Map<string, SubscribedSku>(skus.map((sku) => [sku.skuId.toLowerCase(), sku]));
  const byName = new Map<string, SubscribedSku>(skus.map((sku) => [sku.skuPartNumber.toLowerCase(), sku]));
  return {
    skus,
    skuById: (id) => byId.get(id.toLowerCase()),
    findSku: (reference) => byName.get(reference.toLowerCase()) ?? byId.get(reference.toLowerCase()),
  };
}

/** A plan of this SKU, by servicePlanName (any case) or GUID. Names are unique within a SKU, not across SKUs. */
export function findPlan(sku: SubscribedSku, reference: string): ServicePlan | undefined {
  const wanted = reference.toLowerCase();
  return sku.servicePlans.find(
    (plan) => plan.servicePlanName.toLowerCase() === wanted || plan.servicePlanId.toLowerCase() === wanted,
  );
}

/** Seats that are free by the book; may be negative. Advisory: the POST decides. */
export function freeSeats(sku: SubscribedSku): number {
  return sku.enabledUnits - sku.consumedUnits;
}
