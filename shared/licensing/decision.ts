import type { PolicyHash, ServicePlanId, SkuId, UserId } from '../kernel/ids';
import type { RuleUser } from '../policy/condition';
import type { Policy } from '../policy/policy';
import type { Catalogue } from './catalogue/catalogue';
import type { Holding } from './holding/holding';
import type { Ledger } from '../words/ledger';
import type { Exception } from '../words/exception';
import type { License } from '../words/license';
import type { NamedGroups } from '../policy/named-groups';
import type { GroupReference } from '../words/needs';
import type { Outcome, SkuOutcome } from '../words/outcome';
import type { Reason } from '../words/reason';

/** undefined: not read, which makes what needs it undecided. */
export type Memberships = {
  /** Direct and nested groups. */
  readonly transitive: readonly GroupReference[] | undefined;
  /** What the groups that the policy names stand for; default: a name stands for every group that is called so. */
  readonly named?: NamedGroups;
};

/** Pairs of plans that exclude each other, plans that need others, SKUs that cannot be assigned: known ones and ones learnt from Graph. */
export type LearntConflicts = {
  readonly conflicts: readonly (readonly [ServicePlanId, ServicePlanId])[];
  /** `plan` needs any one of `anyOf`. */
  readonly dependencies: readonly {
    readonly plan: ServicePlanId;
    readonly anyOf: readonly ServicePlanId[];
  }[];
  /** SKUs that Graph does not let administrators assign; default: none. */
  readonly unassignable?: readonly SkuId[];
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
  /** SKUs that must not be written just now, with why: everything else goes on. */
  readonly withheld?: ReadonlyMap<SkuId, Reason>;
  /** A guard holds back reductions, or every change beside first grants: they become `held` with this reason. */
  readonly hold?: { readonly reductions: Reason | null; readonly changes: Reason | null };
};

/** One assignLicense call (and a usage location to set first). Sets are sorted, so equal operations are equal. */
export type Operation = {
  readonly kind: 'assign' | 'changePlans' | 'remove' | 'swap';
  readonly add: readonly License[];
  readonly remove: readonly SkuId[];
  /** Set before the call; where it came from is in the reasons. */
  readonly usageLocation?: string;
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
