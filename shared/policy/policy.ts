import type { PolicyHash } from '../kernel/ids';
import type { Condition } from './condition';
import type { Needs } from '../words/needs';

/**
 * A policy file, checked as a whole and compiled (design section 4). SKUs and plans are references as written: a
 * skuPartNumber / servicePlanName or a GUID; `resolve` in shared/licensing ties them to a tenant's catalogue.
 */
export type SkuReference = string;
export type PlanReference = string;

/** `on`, `off`, or `hold` (keep the user as they are and report) for plans the policy has never seen. */
export type NewPlans = 'on' | 'off' | 'hold';

export type GrantPlans =
  | { readonly kind: 'all' }
  | { readonly kind: 'disable'; readonly plans: readonly PlanReference[] }
  | { readonly kind: 'enable'; readonly plans: readonly PlanReference[] };

export type Grant = {
  readonly sku: SkuReference;
  readonly plans: GrantPlans;
  /** SKUs to give instead while this one has no seats, best first. */
  readonly fallback: readonly SkuReference[];
  /** For scarce seats: a higher number is served first. Default 0. */
  readonly priority: number;
  /** Default `on`, which is what Microsoft's own assignments do. */
  readonly newPlans: NewPlans;
};

export type PolicyRule = {
  readonly name: string;
  /** null: every user in scope (when `memberOf` is empty too). Both given: both must hold. */
  readonly when: Condition | null;
  /** Group display names or ids; a member of any of them, nested groups included, matches. */
  readonly memberOf: readonly string[];
  readonly assign: readonly Grant[];
  /** Plans switched off in every SKU that this policy gives the user. */
  readonly without: readonly PlanReference[];
};

/** Either may be absent; held when count or percent is exceeded. */
export type Limit = { readonly count?: number; readonly percent?: number };

export type UsageLocation = {
  /** `country`: from the user's country, an ISO 3166-1 alpha-2 code or a country's name. */
  readonly from: 'country' | null;
  /** ISO 3166-1 alpha-2. */
  readonly default: string | null;
};

export type PolicyTest = {
  readonly name?: string;
  /** ISO 8601: what system.now is in this test. */
  readonly now?: string;
  readonly user: Readonly<Record<string, unknown>>;
  /** SKU reference to what is expected of it: plans that must be off (`off`), or null: not granted. */
  readonly expect: Readonly<Record<SkuReference, { readonly off?: readonly PlanReference[] } | null>>;
};

export type Policy = {
  readonly version: 1;
  /** SHA-256 of the canonical content: layout and comments do not count. */
  readonly hash: PolicyHash;
  readonly mode: 'enforce' | 'observe';
  /** null: everybody. */
  readonly scope: Condition | null;
  /** null: an empty usage location is never filled. */
  readonly usageLocation: UsageLocation | null;
  /** Groups of SKUs of which a user holds one at most, best first. */
  readonly exclusive: readonly (readonly SkuReference[])[];
  readonly rules: readonly PolicyRule[];
  readonly adopt: readonly SkuReference[];
  readonly removal: { readonly mode: 'remove' | 'keep'; readonly graceMs: number };
  /** What becomes of a license or plan of ours that a person took away or switched on. */
  readonly drift: 'correct' | 'report';
  readonly guards: { readonly maxReductions: Limit | null; readonly maxChanges: Limit | null };
  /** Per user and month, in the currency of the tenant's choice. */
  readonly prices: Readonly<Record<SkuReference, number>>;
  readonly tests: readonly PolicyTest[];
  readonly needs: Needs;
};
