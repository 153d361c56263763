import { z } from 'zod';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../kernel/ids';

/** Graph's answers, as far as they are used. https://learn.microsoft.com/graph/api/resources/users */
const SkuIdText = z.guid().transform(toSkuId);
const PlanIdText = z.guid().transform(toServicePlanId);
export const UserIdText = z.guid().transform(toUserId);

/** Only what is a user's choice is treated as such. */
const toAppliesTo = (text: string | null | undefined) =>
  text === 'User' ? ('User' as const) : ('Company' as const);
const AppliesTo = z.string().nullish().transform(toAppliesTo);

export const AssignmentState = z.object({
  skuId: SkuIdText,
  assignedByGroup: z
    .guid()
    .transform(toGroupId)
    .nullish()
    .transform((id) => id ?? null),
  disabledPlans: z
    .array(PlanIdText)
    .nullish()
    .transform((plans) => plans ?? []),
  state: z
    .string()
    .nullish()
    .transform((state) => state ?? 'Active'),
  // No error is documented as null and seen as "" and "None".
  error: z
    .string()
    .nullish()
    .transform((text) => (text === undefined || text === '' || text === 'None' ? null : text)),
});

export const User = z.looseObject({
  id: UserIdText,
  usageLocation: z
    .string()
    .nullish()
    .transform((text) => (text === undefined || text === '' ? null : text)),
  licenseAssignmentStates: z
    .array(AssignmentState)
    .nullish()
    .transform((states) => states ?? []),
  /** Inherited licenses included; only asked whether the states lack one of them. */
  assignedLicenses: z.array(z.object({ skuId: SkuIdText })).nullish(),
  manager: z.looseObject({}).nullish(),
});

/** A member of memberOf: a group, an administrative unit or a directory role. */
export const Membership = z.object({
  '@odata.type': z.string().optional(),
  id: z.guid(),
  displayName: z.string().nullish(),
});

export const Group = z.object({
  id: z.guid().transform(toGroupId),
  displayName: z.string().nullish(),
  securityEnabled: z.boolean().nullish(),
});

/** All but the id may be null in Graph's model; a row that leaves out what is needed is skipped as a whole. */
export const Sku = z.object({
  skuId: SkuIdText,
  skuPartNumber: z.string(),
  appliesTo: z.string().transform(toAppliesTo),
  capabilityStatus: z.string(),
  consumedUnits: z.number().default(0),
  prepaidUnits: z.object({ enabled: z.number().default(0), warning: z.number().nullish() }).nullish(),
  servicePlans: z
    .array(
      z.object({
        servicePlanId: PlanIdText,
        servicePlanName: z.string(),
        appliesTo: AppliesTo,
        provisioningStatus: z.string().default(''),
      }),
    )
    .default([]),
});

export const LicenseDetails = z.object({
  skuId: SkuIdText,
  skuPartNumber: z.string(),
  servicePlans: Sku.shape.servicePlans,
});

export const DeltaItem = z.object({
  id: UserIdText,
  '@removed': z.object({ reason: z.string().optional() }).optional(),
});

/** A member of a group: a user, a group, a device, a contact, a service principal. */
export const Member = z.object({
  '@odata.type': z.string().nullish(),
  id: z.guid().transform((id) => id.toLowerCase()),
});
export type Member = z.infer<typeof Member>;

/** `@removed` of a member: it is no member any more. */
export const GroupDeltaItem = z.object({
  id: z.guid().transform(toGroupId),
  '@removed': z.looseObject({}).nullish(),
  'members@delta': z.array(Member.extend({ '@removed': z.looseObject({}).nullish() })).nullish(),
});

export const Subscription = z.object({
  id: z.string(),
  resource: z.string(),
  notificationUrl: z.string(),
  lifecycleNotificationUrl: z.string().nullish(),
  expirationDateTime: z.string(),
});

export const Page = z.object({
  value: z.array(z.unknown()).default([]),
  '@odata.nextLink': z.string().optional(),
  '@odata.deltaLink': z.string().optional(),
});

export const BatchAnswer = z.object({
  responses: z.array(
    z.object({
      id: z.coerce.string(),
      status: z.number(),
      headers: z.record(z.string(), z.unknown()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});
