import type { PolicyHash } from '../kernel/ids';
import type { Needs } from '../words/needs';
import type { PolicyBindings } from '../words/policy-version';
import type { Shape } from '../words/fields';
import type { Condition } from './condition';
import type { GrantInFile, Limit as LimitInFile, PolicyFile, RuleInFile } from './file/policy-schema';

/**
 * A policy file, checked as a whole and compiled. The shape is that of file/policy-schema.ts: a key that is added
 * there is here at once; only what compiling changes is named below. SKUs and plans are references as written: a
 * skuPartNumber / servicePlanName or a GUID; `resolvePolicy` in shared/licensing ties them to a tenant's catalogue.
 */
export type Policy = Compiled<
  Shape<typeof PolicyFile>,
  {
    /** SHA-256 of what the file says: layout, comments and defaults do not count. */
    readonly hash: PolicyHash;
    /** null: every user. */
    readonly scope: Condition | null;
    /** null: an empty usage location is never filled. */
    readonly usageLocation: UsageLocation | null;
    readonly rules: readonly PolicyRule[];
    readonly removal: Readonly<Omit<PolicyFile['removal'], 'grace'>> & { readonly graceMs: number };
    /** null: no limit. */
    readonly guards: { readonly maxReductions: Limit | null; readonly maxChanges: Limit | null };
    /** What its names were bound to when it was stored; null: they mean what the tenant calls so today. */
    readonly bindings: PolicyBindings | null;
    /** What must be read of a user to decide by this policy. */
    readonly needs: Needs;
  }
>;

export type PolicyRule = Compiled<
  Shape<typeof RuleInFile>,
  {
    /** null: every user in scope (when `memberOf` is empty too). Both given: both must hold. */
    readonly when: Condition | null;
    /** Group display names or ids; a member of any of them, nested groups included, matches. Empty: not asked. */
    readonly memberOf: readonly string[];
    readonly assign: readonly Grant[];
  }
>;

export type Grant = Omit<Shape<typeof GrantInFile>, 'disable' | 'enable'> & {
  readonly plans: GrantPlans;
};

/** Which plans of the SKU a grant leaves on. */
export type GrantPlans =
  | { readonly kind: 'all' }
  | { readonly kind: 'disable'; readonly plans: readonly string[] }
  | { readonly kind: 'enable'; readonly plans: readonly string[] };

/**
 * Held when count or percent is exceeded; either may be absent. `isDefault`: no person chose it, and it is held only when
 * both are exceeded.
 */
export type Limit = Shape<typeof LimitInFile> & { readonly isDefault?: true };

/** Of a policy that removes licenses and names no guard: 25 users or 2 % of those it serves, whichever is more. */
export const defaultGuard: Limit = { count: 25, percent: 2, isDefault: true };

/** `from` country: from the user's country. `default`: ISO 3166-1 alpha-2. null: not given. */
export type UsageLocation = {
  readonly [Key in keyof NonNullable<PolicyFile['usageLocation']>]-?:
    NonNullable<PolicyFile['usageLocation']>[Key] | null;
};

export type PolicyTest = Policy['tests'][number];

/** A part of the file, with what compiling makes of some of its keys. */
type Compiled<InFile, Made> = Omit<InFile, keyof Made> & Made;
