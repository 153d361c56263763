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

/** SKUs by skuPartNumber or GUID, in any letter case; more than one when several have the name. */
export function skusByReference(skus: readonly PolicySku[], reference: string): readonly PolicySku[] {
  const named = skus.filter((sku) => same(sku.skuPartNumber, reference));
  return named.length > 0 ? named : skus.filter((sku) => same(sku.skuId, reference));
}

/** The only one of them; undefined: none, or several have the name. */
export function findSkuByReference(skus: readonly PolicySku[], reference: string): PolicySku | undefined {
  const found = skusByReference(skus, reference);
  return found.length === 1 ? found[0] : undefined;
}

/** Plans of this SKU by servicePlanName or GUID, in any letter case; more than one when several have the name. */
export function plansByReference(sku: PolicySku, reference: string): readonly PolicyServicePlan[] {
  const named = sku.servicePlans.filter((plan) => same(plan.servicePlanName, reference));
  const found =
    named.length > 0 ? named : sku.servicePlans.filter((plan) => same(plan.servicePlanId, reference));
  // Some tenants list a plan twice.
  return found.filter(
    (plan, index) => found.findIndex((one) => same(one.servicePlanId, plan.servicePlanId)) === index,
  );
}

/** The only one of them; undefined: none, or several have the name. */
export function findPlanByReference(sku: PolicySku, reference: string): PolicyServicePlan | undefined {
  const found = plansByReference(sku, reference);
  return found.length === 1 ? found[0] : undefined;
}

/** Two references of the same thing, as far as that shows without a catalogue. */
export function sameReference(a: string, b: string): boolean {
  return same(a.trim(), b.trim());
}
