import type { GroupId, PolicyHash, ServicePlanId, SkuId, UserId } from '../kernel/ids';
import type { RuleUser } from '../policy/condition';
import type { Policy } from '../policy/policy';
import type { Catalogue } from './catalogue/catalogue';
import type { Holding } from './holding/holding';
import type { Ledger } from './ledger';

export const outcomes = [
  'licensed',
  'nothing',
  'waiting',
  'blocked',
  'held',
  'grace',
  'pinned',
  'failed',
  'outOfScope',
] as const;
export type Outcome = (typeof outcomes)[number];

export type GroupReference = { readonly id: GroupId; readonly displayName: string };

/** undefined: not read, which makes what needs it undecided. */
export type Memberships = {
  /** Direct and nested groups. */
  readonly transitive: readonly GroupReference[] | undefined;
};

/** Pairs of plans that exclude each other, and plans that need others: known ones and ones learnt from Graph. */
export type LearntConflicts = {
  readonly conflicts: readonly (readonly [ServicePlanId, ServicePlanId])[];
  /** `plan` needs any one of `anyOf`. */
  readonly dependencies: readonly {
    readonly plan: ServicePlanId;
    readonly anyOf: readonly ServicePlanId[];
  }[];
};

/** A state of SKUs that a person fixed for one user; an input of deciding. */
export type Exception = {
  readonly skus: readonly {
    readonly skuId: SkuId;
    /** null: must not be held. */
    readonly disabledPlans: readonly ServicePlanId[] | null;
    /** An extra license with an end and a reason of its own; it goes when it ends, unless the policy grants it then. */
    readonly extra?: { readonly until: number | null; readonly why: string };
  }[];
  /** Milliseconds, or null: until released. */
  readonly until: number | null;
  readonly why: string;
  /** Nothing at all is written to this user. */
  readonly frozen?: { readonly until: number | null; readonly why: string };
};

export type Seats = {
  /** How many users may be given this SKU now without asking the waiting list: free seats by the book. */
  free(skuId: SkuId): number;
  /** This SKU is handed out by the drain only, and this user has no grant for it at the moment. */
  listOnly(skuId: SkuId): boolean;
};

/** What deciding must remember of its last look at the same user. */
export type Previous = {
  /** null: decided, but its operation has not been confirmed yet. */
  readonly outcome: Outcome | null;
  readonly decidedAt: number;
};

export type DecideInput = {
  readonly policy: Policy;
  readonly user: {
    readonly id: UserId;
    /** As Graph returns it; what `policy.needs` names is present (null when empty) unless it was not read. */
    readonly properties: RuleUser;
    readonly deleted: boolean;
  };
  readonly memberships: Memberships;
  readonly holding: Holding;
  readonly catalogue: Catalogue;
  readonly seats: Seats;
  readonly ledger: Ledger;
  readonly exception: Exception | null;
  readonly learntConflicts: LearntConflicts;
  /** Plans of each SKU that existed when the policy was activated; a SKU that is absent: all of today's. */
  readonly knownPlans: ReadonlyMap<SkuId, ReadonlySet<ServicePlanId>>;
  readonly previous: Previous | null;
  /** `license-only`: the app may not write usageLocation. */
  readonly permissions: 'full' | 'license-only';
  readonly now: number;
  /** A guard holds back reductions, or every change beside first grants: they become `held` with this reason. */
  readonly hold?: { readonly reductions: Reason | null; readonly changes: Reason | null };
};

/** Why, for people (`text`) and for machines (`code` and the ids). */
export type Reason = {
  /** `area/what`, stable: `seats/exhausted`, `plans/conflict`, `usage-location/missing`, … */
  readonly code: string;
  readonly text: string;
  readonly skuId?: SkuId;
  readonly servicePlanIds?: readonly ServicePlanId[];
  readonly rule?: string;
};

export type SkuAssignment = { readonly skuId: SkuId; readonly disabledPlans: readonly ServicePlanId[] };

/** One assignLicense call (and a usage location to set first). Sets are sorted, so equal operations are equal. */
export type Operation = {
  readonly kind: 'assign' | 'changePlans' | 'remove' | 'swap';
  readonly add: readonly SkuAssignment[];
  readonly remove: readonly SkuId[];
  /** Set before the call; where it came from is in the reasons. */
  readonly usageLocation?: string;
};

/** The outcome for one SKU that the policy grants, or that the ledger says is ours. */
export type SkuOutcome = {
  readonly skuId: SkuId;
  readonly outcome: Exclude<Outcome, 'failed' | 'outOfScope'>;
  readonly reason: Reason;
  /** For `waiting`: this grant's priority, and the fallback that stands in meanwhile. */
  readonly priority?: number;
  readonly fallback?: SkuId;
  /** SKUs that would stand in (better than `fallback`) if the waiting list had a seat of them. */
  readonly seeks?: readonly SkuId[];
};

export type EntitledSku = {
  readonly skuId: SkuId;
  readonly disabledPlans: readonly ServicePlanId[];
  readonly rules: readonly string[];
  readonly priority: number;
};

export type Decision = {
  /** What the user's outcome is once `operation` (if any) has been confirmed. */
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly skus: readonly SkuOutcome[];
  /** What the policy says the user should hold, before seats, conflicts, pins and holdings. */
  readonly entitlement: readonly EntitledSku[];
  /** Absent: nothing to write. */
  readonly operation?: Operation;
  /** The ledger once `operation` has been confirmed. */
  readonly ledger: Ledger;
  /** Look again at this time, milliseconds: a grace date, an exception's end. */
  readonly lookAgainAt: number | null;
  readonly policyHash: PolicyHash;
  /** Things to report that do not change the outcome, such as a direct duplicate of an inherited license. */
  readonly findings: readonly Reason[];
};
