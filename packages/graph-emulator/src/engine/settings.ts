import { z } from 'zod';

const rate = z.number().min(0).max(1);
const ms = z.number().min(0);
const span = z.strictObject({ min: ms, max: ms });

/**
 * What a test or an operator may turn: faults, delays, and every point that Microsoft's documentation leaves open.
 * the README says which is which.
 */
export const settingsSchema = z.strictObject({
  // Faults of the service
  latencyMs: ms.default(0).describe('Every request waits this long before it is handled.'),
  writeMs: ms
    .default(0)
    .describe('A write occupies its user and the tenant this long before it is committed.'),
  error429Rate: rate.default(0),
  error503Rate: rate.default(0),
  error500Rate: rate.default(0),
  retryAfterSeconds: z.number().min(0).default(1).describe('Retry-After of injected 429 and 503 answers.'),
  resetAfterCommitRate: rate.default(0).describe('Writes that are committed while the connection breaks.'),

  // Replication
  staleReadMs: ms.default(0).describe('Reads and delta show the tenant as it was this long ago.'),
  membershipLagMs: ms
    .default(0)
    .describe('Memberships, seen from either side, are shown as they were this long ago.'),
  usageLocationLagMs: ms.default(0).describe('assignLicense sees a PATCHed usageLocation only after this.'),
  notFoundLagMs: ms.default(0).describe('A new user answers 404 for this long.'),

  // Notifications
  duplicateNotificationRate: rate.default(0),
  lostNotificationRate: rate.default(0),
  notificationLatencyMs: span.default({ min: 100, max: 600 }),
  reorderNotifications: z.boolean().default(false),
  notificationTimeoutMs: ms.default(10_000).describe('An answer that takes longer counts as slow.'),
  handshakeTimeoutMs: ms
    .min(1)
    .default(10_000)
    .describe('An endpoint that answers the validation token later is refused.'),
  notificationSampleMinimum: z
    .number()
    .int()
    .min(1)
    .default(100)
    .describe('Answers before the share counts.'),
  auditLogLatencyMs: span
    .default({ min: 60_000, max: 180_000 })
    .describe('How late a record of the audit log reaches the event hub.'),
  reauthorizationMs: ms
    .default(3_600_000)
    .describe('How long a subscription with a lifecycleNotificationUrl stays authorized.'),
  reauthorizationLeadMs: ms.default(900_000).describe('reauthorizationRequired is sent this long before.'),

  // Licensing
  provisioningMs: span.default({ min: 0, max: 0 }),
  pendingInputRate: rate.default(0).describe('Plans that stay in PendingInput.'),
  pendingActivationPlans: z
    .array(z.string())
    .default(['882e1d05-acd1-4ccb-8708-6ee03664b117'])
    .describe('Plans that end in PendingActivation (INTUNE_O365).'),
  echoMs: span.default({ min: 300, max: 1_500 }).describe('The services write back after a license change.'),
  groupLicensingMs: span.default({ min: 500, max: 2_000 }),
  concurrencyThreshold: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Parallel writes in the tenant before Directory_ConcurrencyViolation.'),
  concurrencyThresholdPerUser: z.number().int().min(1).nullable().default(1),
  concurrencyRetryAfterSeconds: z.number().min(0).nullable().default(null),
  concurrencyStatus: z.union([z.literal(409), z.literal(400)]).default(409),
  emptyAssignment: z.enum(['refuse', 'accept']).default('refuse'),
  companyPlansInDisabledPlans: z.enum(['refuse', 'accept']).default('refuse'),
  warningSeatsAssignable: z.boolean().default(false),
  conflictWording: z.enum(['classic', 'pairs']).default('classic'),
  noErrorAs: z
    .enum(['null', 'None', 'empty'])
    .default('null')
    .describe('licenseAssignmentStates.error of success.'),
  barredLocations: z.array(z.string()).default(['CU', 'IR', 'KP', 'SY']),

  // Delta
  deltaPageSize: z.number().int().min(1).default(200),
  emptyDeltaPageRate: rate.default(0),
  deltaReplayRate: rate.default(0).describe('Rounds that begin by telling earlier changes again.'),
  deltaTokenDays: z.number().min(0).default(7),
  expiredDeltaStatus: z.union([z.literal(410), z.literal(400), z.literal(404)]).default(410),
  licenseChangesInDelta: z.boolean().default(true).describe('Selected license properties bring a user back.'),

  deltaPageTokenMinutes: z
    .number()
    .min(0)
    .default(60)
    .describe('How long a $skiptoken of a delta round lasts; then 400 Directory_ExpiredPageToken.'),
  lostPositionAs: z
    .enum(['syncStateNotFound', 'expiredPageToken', 'syncStateText', 'notFound'])
    .default('syncStateNotFound')
    .describe('How an expired delta token is told: by expiredDeltaStatus, or in one of the other wordings.'),

  // What an application does not see, and odd answers
  withholdGroupNames: z
    .boolean()
    .default(false)
    .describe('Groups of a user come without names, as until a token knows of a new permission.'),
  memberOfOpenedBy: z
    .enum(['data', 'groupMemberRead'])
    .default('data')
    .describe(
      'Whether GroupMember.Read.All opens /users/{id}/memberOf, beside what the permission data says.',
    ),
  restrictedUsers: z
    .array(z.string())
    .default([])
    .describe('Ids of users in a restricted management unit: writes to them answer 403.'),
  masteredProperties: z
    .array(z.string())
    .default(['onPremisesExtensionAttributes'])
    .describe('Properties that cannot be written of users synced from on-premises.'),
  nullSkuProperties: z
    .array(z.string())
    .default([])
    .describe('Properties of subscribedSkus that are null, such as EMS.consumedUnits.'),
  statesLackSkus: z
    .array(z.string())
    .default([])
    .describe('SKU ids that licenseAssignmentStates leaves out although assignedLicenses has them.'),
  detailsAppliesTo: z
    .enum(['catalogue', 'Company'])
    .default('catalogue')
    .describe('What licenseDetails says of user plans.'),
  advancedIndexLagMs: ms
    .default(0)
    .describe(
      'The index behind casts and $count shows memberships as of this long ago, in every other minute.',
    ),

  // Queries, tokens, quotas
  castNeedsCount: z
    .boolean()
    .default(true)
    .describe('A cast needs $count=true and ConsistencyLevel: eventual.'),
  tokenLifetimeSeconds: z.number().int().min(1).default(3_599),
  quotaFactor: z.number().positive().default(1),
  throttlePercentageHeader: z.boolean().default(true),
  throttledDebt: rate.default(0.1).describe('Refused requests may overdraw a quota by this share.'),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;

/**
 * The settings, each with its default where `input` does not name it.
 * @throws ZodError for a value out of range
 */
export function makeSettings(input: SettingsInput = {}): Settings {
  return settingsSchema.parse(input);
}

const changeSchema = settingsSchema.partial();

/**
 * The settings named in `change` take its values, the rest stay.
 * @throws ZodError
 */
export function changeSettings(settings: Settings, change: unknown): void {
  const asked = new Set(Object.keys(change as object));
  const parsed = changeSchema.parse(change);
  // partial() still fills in defaults: only what was asked for is taken over.
  for (const [key, value] of Object.entries(parsed)) {
    if (asked.has(key)) Object.assign(settings, { [key]: value });
  }
}

/** The point at `fraction` (0 to 1) between the ends of a range. */
export function pickFrom(range: { min: number; max: number }, fraction: number): number {
  return range.min + fraction * Math.max(0, range.max - range.min);
}
