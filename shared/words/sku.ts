import type { ServicePlanId, SkuId } from '../kernel/ids';

/** A service plan of one of the tenant's SKUs, or of a license that a user holds. */
export type ServicePlan = {
  readonly servicePlanId: ServicePlanId;
  readonly servicePlanName: string;
  /** A user cannot choose Company plans: they never stand in disabledPlans. */
  readonly appliesTo: 'User' | 'Company';
  /** Success, Disabled, PendingInput, PendingActivation, PendingProvisioning or Error. */
  readonly provisioningStatus: string;
};

/** One of the tenant's own SKUs, as `GET /subscribedSkus` gives it: the only source of which plans a SKU has. */
export type SubscribedSku = {
  readonly skuId: SkuId;
  readonly skuPartNumber: string;
  /** Only `User` SKUs can be assigned. */
  readonly appliesTo: 'User' | 'Company';
  /** Enabled, Warning, Suspended, Deleted or LockedOut. */
  readonly capabilityStatus: string;
  /** prepaidUnits.enabled */
  readonly enabledUnits: number;
  /** prepaidUnits.warning: seats in their grace period after the subscription expired; absent: none. */
  readonly warningUnits?: number;
  readonly consumedUnits: number;
  readonly servicePlans: readonly ServicePlan[];
};
