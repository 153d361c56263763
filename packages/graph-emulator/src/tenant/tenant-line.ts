import { z } from 'zod';

const guid = z.guid().transform((text) => text.toLowerCase());
const license = z.object({ skuId: guid, disabledPlans: z.array(guid).default([]) });
const units = z.object({
  enabled: z.number().int().min(0),
  suspended: z.number().int().min(0).default(0),
  warning: z.number().int().min(0).default(0),
  lockedOut: z.number().int().min(0).default(0),
});

const assignmentState = z.object({
  skuId: guid,
  disabledPlans: z.array(guid).default([]),
  assignedByGroup: guid.nullable().default(null),
  error: z.string().nullable().default(null),
  lastUpdatedDateTime: z.string().optional(),
  reason: z.string().optional(),
  planTimes: z.record(z.string(), z.number()).optional(),
});

/** The lines of a tenant file (NDJSON): one object each. Users and groups carry Graph's own property names. */
export const tenantLineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('tenant'),
    tenantId: guid,
    displayName: z.string(),
    domains: z.array(z.string().toLowerCase()).min(1),
    countryLetterCode: z.string().length(2),
  }),
  z.object({
    type: z.literal('sku'),
    skuId: guid,
    skuPartNumber: z.string(),
    appliesTo: z.enum(['User', 'Company']).default('User'),
    /** false: departmental and self-service purchases. */
    assignable: z.boolean().default(true),
    capabilityStatus: z.enum(['Enabled', 'Warning', 'Suspended', 'Deleted', 'LockedOut']).default('Enabled'),
    prepaidUnits: units,
    subscriptionIds: z.array(z.string()).default([]),
    servicePlans: z.array(
      z.object({
        servicePlanId: guid,
        servicePlanName: z.string(),
        appliesTo: z.enum(['User', 'Company']).default('User'),
        provisioningStatus: z.string().default('Success'),
        barredLocations: z.array(z.string()).default([]),
      }),
    ),
  }),
  z.object({ type: z.literal('exclusive'), servicePlanIds: z.array(guid).min(2) }),
  z.object({ type: z.literal('dependency'), servicePlanId: guid, needsAnyOf: z.array(guid).min(1) }),
  z.looseObject({
    type: z.literal('group'),
    id: guid,
    displayName: z.string(),
    members: z.array(guid).default([]),
    assignedLicenses: z.array(license).default([]),
  }),
  z.looseObject({
    type: z.literal('user'),
    id: guid,
    userPrincipalName: z.string(),
    managerId: guid.nullable().optional(),
    /** Direct assignments. */
    assignedLicenses: z.array(license).optional(),
    /** When present, all there is about licenses, the inherited ones included. */
    licenseAssignmentStates: z.array(assignmentState).optional(),
    deletedDateTime: z.string().nullable().optional(),
  }),
]);

export type TenantLine = z.output<typeof tenantLineSchema>;
export type TenantLineInput = z.input<typeof tenantLineSchema>;
