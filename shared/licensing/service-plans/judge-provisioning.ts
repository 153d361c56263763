import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { Catalogue } from '../catalogue/catalogue';
import { sortedIds } from '../../kernel/id-set';
import type { License } from '../../words/license';

/** One SKU of `GET /users/{id}/licenseDetails`: what the user has of it, directly and from groups together. */
export type HeldSku = {
  readonly skuId: SkuId;
  readonly servicePlans: readonly {
    readonly servicePlanId: ServicePlanId;
    /** https://learn.microsoft.com/graph/api/resources/serviceplaninfo */
    readonly provisioningStatus: string;
    readonly appliesTo: 'User' | 'Company';
  }[];
};

export type ProvisioningVerdict = {
  /**
   * `done`: every plan is as it was written, or only waits for an admin. `awaiting`: but for plans that their
   * service has yet to confirm. `pending`: something is not there yet. `unclear`: a plan of our license is on although we
   * switched it off, which a group's license of the same SKU would explain.
   */
  readonly kind: 'done' | 'awaiting' | 'pending' | 'unclear';
  /** PendingActivation: on as soon as an admin activates them. */
  readonly needsAdmin: readonly ServicePlanId[];
  /** Plans that keep the verdict from being `done`. */
  readonly open: readonly ServicePlanId[];
};

/**
 * Whether what we wrote has reached the services. `written`: the direct licenses that are ours. `inheritedOn`: plans
 * that groups switch on, per SKU; undefined: not read. Company plans, as the tenant's SKU has them, are no user's matter,
 * and a plan that is not in service for the whole tenant is not missed for one user. A SKU of which no plan was judged
 * is never `done`.
 */
export function judgeProvisioning(
  written: readonly License[],
  details: readonly HeldSku[],
  catalogue: Catalogue,
  inheritedOn?: ReadonlyMap<SkuId, ReadonlySet<ServicePlanId>>,
): ProvisioningVerdict {
  const plans: Record<PlanState, ServicePlanId[]> = {
    done: [],
    admin: [],
    awaiting: [],
    pending: [],
    unclear: [],
  };
  for (const { skuId, disabledPlans } of written) {
    const held = details.find((sku) => sku.skuId === skuId);
    const sku = catalogue.skuById(skuId);
    if (held === undefined) {
      plans.pending.push(...(sku?.servicePlans ?? []).map((plan) => plan.servicePlanId));
      continue;
    }
    const owned = new Map(sku?.servicePlans.map((plan) => [plan.servicePlanId, plan]));
    const judged = held.servicePlans.filter(
      // Of a user's details it has been wrong (microsoft-graph-docs issue 8138): the tenant's own list goes first.
      (plan) => (owned.get(plan.servicePlanId)?.appliesTo ?? plan.appliesTo) === 'User',
    );
    for (const { servicePlanId, provisioningStatus } of judged) {
      const state = disabledPlans.includes(servicePlanId)
        ? judgeOff(provisioningStatus, inheritedOn && (inheritedOn.get(skuId)?.has(servicePlanId) ?? false))
        : judgeOn(provisioningStatus, owned.get(servicePlanId)?.provisioningStatus ?? 'Success');
      plans[state].push(servicePlanId);
    }
    // Nothing was looked at although there is something to look at: that proves nothing.
    const missing = (sku?.servicePlans ?? []).filter(({ appliesTo }) => appliesTo === 'User');
    if (judged.length === 0) plans.pending.push(...missing.map((plan) => plan.servicePlanId));
  }
  const kind = (['pending', 'unclear', 'awaiting'] as const).find((state) => plans[state].length > 0);
  return {
    kind: kind ?? 'done',
    needsAdmin: sortedIds(plans.admin),
    open: sortedIds([...plans.pending, ...plans.unclear, ...plans.awaiting]),
  };
}

type PlanState = 'done' | 'admin' | 'awaiting' | 'pending' | 'unclear';

function judgeOff(status: string, isInherited: boolean | undefined): PlanState {
  if (status === 'Disabled' || isInherited === true) return 'done';
  return isInherited === undefined ? 'unclear' : 'pending';
}

function judgeOn(status: string, tenantStatus: string): PlanState {
  if (status === 'Success') return 'done';
  if (status === 'PendingActivation') return 'admin';
  if (tenantStatus !== 'Success' && status === tenantStatus) return 'done';
  return status === 'PendingInput' ? 'awaiting' : 'pending';
}
