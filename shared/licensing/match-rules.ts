import type { RuleContext, RuleUser, Truth } from '../policy/condition';
import type { Memberships } from './decision';
import type { ResolvedPolicy, ResolvedRule } from './resolved-policy';

export type RuleMatch = {
  readonly rule: ResolvedRule;
  readonly truth: Truth;
  /** Undecided because the memberships were not read. */
  readonly groupsMissing: boolean;
};

export type PolicyMatch = { readonly scope: Truth; readonly rules: readonly RuleMatch[] };

/** Scope and every rule, three-valued: `when` and `memberOf` must both hold. */
export function matchPolicy(
  resolved: ResolvedPolicy,
  user: RuleUser,
  memberships: Memberships,
  context: RuleContext,
): PolicyMatch {
  const names = memberships.transitive && groupNames(memberships.transitive);
  return {
    scope: resolved.policy.scope?.evaluate(user, context) ?? true,
    rules: resolved.rules.map((rule) => {
      const groups = matchGroups(rule.groups, names);
      const when = groups === false ? false : (rule.rule.when?.evaluate(user, context) ?? true);
      return { rule, truth: both(when, groups), groupsMissing: groups === 'undecided' };
    }),
  };
}

function groupNames(groups: NonNullable<Memberships['transitive']>): ReadonlySet<string> {
  return new Set(groups.flatMap((group) => [group.id.toLowerCase(), group.displayName.toLowerCase()]));
}

function matchGroups(wanted: ReadonlySet<string>, names: ReadonlySet<string> | undefined): Truth {
  if (wanted.size === 0) return true;
  if (names === undefined) return 'undecided';
  for (const name of wanted) if (names.has(name)) return true;
  return false;
}

function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : 'undecided';
}
