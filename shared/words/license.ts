import { z } from 'zod';
import type { GroupId } from '../kernel/ids';
import { servicePlanIdsField, skuIdField } from './fields';
import type { Shape } from './fields';

/** A SKU and the plans of it that are off. */
export const License = z.object({ skuId: skuIdField, disabledPlans: servicePlanIdsField });
export type License = Shape<typeof License>;

/** A license as a user holds it, by whatever road it came. */
export type HeldLicense = License & {
  /** Active, ActiveWithError, Disabled or Error. */
  readonly state: string;
  /** null when there is none (Graph writes null, "" or "None"). */
  readonly error: string | null;
};
export type InheritedLicense = HeldLicense & { readonly groupId: GroupId };

/** One entry of Graph's `licenseAssignmentStates`; `assignedByGroup` null: direct. */
export type LicenseAssignmentState = HeldLicense & { readonly assignedByGroup: GroupId | null };
