import type { GroupId, ServicePlanId, SkuId } from '../../kernel/ids';

/** What a user holds today, from user.licenseAssignmentStates (and assignedLicenses). */
export type DirectLicense = {
  readonly skuId: SkuId;
  readonly disabledPlans: readonly ServicePlanId[];
  /** Active, ActiveWithError, Disabled or Error. */
  readonly state: string;
  /** null when there is none (Graph writes null, "" or "None"). */
  readonly error: string | null;
};

export type InheritedLicense = DirectLicense & { readonly groupId: GroupId };

export type Holding = {
  readonly direct: readonly DirectLicense[];
  readonly inherited: readonly InheritedLicense[];
  /** Two letters, or null. */
  readonly usageLocation: string | null;
};
