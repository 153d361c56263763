/** What checks need to know of a tenant's SKUs, as `GET /subscribedSkus` gives them. */
export type PolicyServicePlan = {
  readonly servicePlanId: string;
  readonly servicePlanName: string;
  /** `Company` plans are no choice of a user's. */
  readonly appliesTo: string;
};

export type PolicySku = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly appliesTo: string;
  readonly capabilityStatus: string;
  readonly servicePlans: readonly PolicyServicePlan[];
};

/** Plans that exclude each other and plans that need one of others, by GUID. */
export type ServicePlanConflicts = {
  readonly conflicts: readonly (readonly [string, string])[];
  readonly dependencies: readonly { readonly plan: string; readonly anyOf: readonly string[] }[];
};

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** A SKU by skuPartNumber or GUID, in any letter case. */
export function findSkuByReference(skus: readonly PolicySku[], reference: string): PolicySku | undefined {
  return (
    skus.find((sku) => same(sku.skuPartNumber, reference)) ?? skus.find((sku) => same(sku.skuId, reference))
  );
}

/** A plan of this SKU by servicePlanName or GUID, in any letter case. */
export function findPlanByReference(sku: PolicySku, reference: string): PolicyServicePlan | undefined {
  return (
    sku.servicePlans.find((plan) => same(plan.servicePlanName, reference)) ??
    sku.servicePlans.find((plan) => same(plan.servicePlanId, reference))
  );
}

/** Two references of the same thing, as far as that shows without a catalogue. */
export function sameReference(a: string, b: string): boolean {
  return same(a.trim(), b.trim());
}
