import type { ServicePlanId, SkuId } from '../../kernel/ids';

/** The tenant's own SKUs, as `GET /subscribedSkus` gives them: the only source of which plans a SKU has. */
export type ServicePlan = {
  readonly servicePlanId: ServicePlanId;
  readonly servicePlanName: string;
  /** Company plans are no choice of a user's: they never stand in disabledPlans. */
  readonly appliesTo: 'User' | 'Company';
  readonly provisioningStatus: string;
};

export type SubscribedSku = {
  readonly skuId: SkuId;
  readonly skuPartNumber: string;
  /** Only `User` SKUs can be assigned. */
  readonly appliesTo: 'User' | 'Company';
  /** Enabled, Warning, Suspended, Deleted or LockedOut. */
  readonly capabilityStatus: string;
  /** prepaidUnits.enabled */
  readonly enabledUnits: number;
  readonly consumedUnits: number;
  readonly servicePlans: readonly ServicePlan[];
};

export type Catalogue = {
  readonly skus: readonly SubscribedSku[];
  skuById(id: SkuId): SubscribedSku | undefined;
  /** By skuPartNumber (any case) or GUID. */
  findSku(reference: string): SubscribedSku | undefined;
};

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
