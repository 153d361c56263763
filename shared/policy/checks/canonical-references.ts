import type { Grant, Policy } from '../policy';
import { findPlanByReference, findSkuByReference } from './policy-catalogue';
import type { PolicySku } from './policy-catalogue';

/**
 * The policy with every SKU and plan that the tenant has under its one name, so that a name and a GUID of the same
 * thing are the same text. What the tenant does not have stays as it is written.
 */
export function withCanonicalReferences(policy: Policy, skus: readonly PolicySku[]): Policy {
  const skuName = (reference: string) => {
    const sku = findSkuByReference(skus, reference);
    if (sku === undefined) return reference;
    // A name that several have names none of them.
    return findSkuByReference(skus, sku.skuPartNumber) === sku ? sku.skuPartNumber : sku.skuId;
  };
  const anyPlanName = (reference: string) => {
    for (const sku of skus) {
      const plan = findPlanByReference(sku, reference);
      if (plan !== undefined) return plan.servicePlanName;
    }
    return reference;
  };
  const named = (grant: Grant): Grant => {
    const sku = findSkuByReference(skus, grant.sku);
    const planName = (reference: string) =>
      (sku && findPlanByReference(sku, reference)?.servicePlanName) ?? reference;
    const { plans } = grant;
    return {
      ...grant,
      sku: skuName(grant.sku),
      fallback: grant.fallback.map(skuName),
      plans: plans.kind === 'all' ? plans : { ...plans, plans: plans.plans.map(planName) },
    };
  };
  return {
    ...policy,
    exclusive: policy.exclusive.map((group) => group.map(skuName)),
    rules: policy.rules.map((rule) => ({
      ...rule,
      assign: rule.assign.map(named),
      without: rule.without.map(anyPlanName),
    })),
  };
}
