/** What the emulated directory keeps. Values are replaced, never changed in place, so that old versions stay true. */

/** https://learn.microsoft.com/graph/api/resources/assignedlicense */
export type AssignedLicense = { readonly skuId: string; readonly disabledPlans: readonly string[] };

export type DirectAssignment = AssignedLicense & {
  /** When the SKU, or its set of plans, was last changed (ms). */
  readonly at: number;
  /** When a plan was switched on, where that differs from `at`. */
  readonly planAt?: Readonly<Record<string, number>>;
};

/** https://learn.microsoft.com/graph/api/resources/licenseassignmentstate (property error) */
export type AssignmentError =
  | 'CountViolation'
  | 'MutuallyExclusiveViolation'
  | 'DependencyViolation'
  | 'ProhibitedInUsageLocationViolation'
  | 'UniquenessViolation'
  | 'Other';

export type InheritedAssignment = DirectAssignment & {
  readonly groupId: string;
  /** null: the license is held; else it is only wanted. */
  readonly error: AssignmentError | null;
  /** The whole sentence of the refusal, as reprocessLicenseAssignment shows it. */
  readonly reason?: string;
};

/** The part of a user that reads show and that may lag behind. */
export type UserVersion = {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly managerId: string | null;
  readonly groupIds: readonly string[];
  readonly direct: readonly DirectAssignment[];
  readonly inherited: readonly InheritedAssignment[];
};

export type UserRecord = {
  readonly id: string;
  version: UserVersion;
  /** Older versions, kept only while reads are stale: each with the time at which it was replaced. */
  past: { readonly replacedAt: number; readonly version: UserVersion }[];
  /** From when on a GET finds the user (ms). */
  readableAt: number;
  /** Soft-deleted at (ms). */
  deletedAt: number | null;
  /** Permanently deleted. */
  isGone: boolean;
  /** assignLicense still sees `value` until `until`. */
  laggingLocation: { readonly value: unknown; readonly until: number } | undefined;
};

/** The users that the services will write back to, by the millisecond in which they do: one task serves them all. */
export type PendingEchoes = Map<number, UserRecord[]>;

/** A direct member that came or went at `at` (ms). */
export type MemberChange = { readonly at: number; readonly id: string; readonly isAdded: boolean };

export type GroupRecord = {
  readonly id: string;
  properties: Readonly<Record<string, unknown>>;
  /** Ids of direct members, users and groups. */
  readonly memberIds: Set<string>;
  /** The last changes of direct members, oldest first, kept only while reads lag: so that a read can undo them. */
  memberChanges: readonly MemberChange[];
  /** Ids of the groups this one is a direct member of. */
  readonly groupIds: Set<string>;
  licenses: readonly AssignedLicense[];
  processing: 'QueuedForProcessing' | 'ProcessingInProgress' | 'ProcessingComplete';
  deletedAt: number | null;
  isGone: boolean;
};

export type PlanRecord = {
  readonly servicePlanId: string;
  readonly servicePlanName: string;
  readonly appliesTo: 'User' | 'Company';
  /** As subscribedSkus shows it. */
  readonly provisioningStatus: string;
  /** ISO 3166-1 alpha-2 codes of the countries where the service may not be used. */
  readonly barredLocations: readonly string[];
};

export type SkuRecord = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly appliesTo: 'User' | 'Company';
  /** false: departmental and self-service purchases. */
  readonly assignable: boolean;
  capabilityStatus: string;
  prepaidUnits: {
    readonly enabled: number;
    readonly suspended: number;
    readonly warning: number;
    readonly lockedOut: number;
  };
  consumedUnits: number;
  readonly subscriptionIds: readonly string[];
  plans: readonly PlanRecord[];
};
