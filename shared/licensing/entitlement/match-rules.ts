import type { RuleContext, RuleUser, Truth } from '../../policy/condition';
import type { Memberships } from '../decision';
import { matchGroups, unsureAmong, userGroupsOf } from './match-groups';
import type { UnsureReference, UserGroups } from './match-groups';
import type { ResolvedPolicy, ResolvedRule } from './resolved-policy';

export type RuleMatch = {
  readonly rule: ResolvedRule;
  readonly truth: Truth;
  /** Undecided because the memberships were not read. */
  readonly groupsMissing: boolean;
  /** Undecided because these names of groups stand for nothing sure. */
  readonly unsureGroups: readonly UnsureReference[];
};

export type PolicyMatch = {
  readonly scope: Truth;
  readonly rules: readonly RuleMatch[];
  /** Scope and rules in a short text: equal texts of one resolved policy are equal matches. */
  readonly key: string;
};

type Asked = {
  readonly resolved: ResolvedPolicy;
  readonly user: RuleUser;
  readonly memberships: Memberships;
  readonly context: RuleContext;
};

/** A user is decided and digested from the same data, one after the other: rules are evaluated once for both. */
let last: (Asked & { readonly match: PolicyMatch }) | undefined;

/** Scope and every rule, three-valued: `when` and `memberOf` must both hold. */
export function matchPolicy(
  resolved: ResolvedPolicy,
  user: RuleUser,
  memberships: Memberships,
  context: RuleContext,
): PolicyMatch {
  if (
    last !== undefined &&
    last.resolved === resolved &&
    last.user === user &&
    last.memberships === memberships &&
    last.context.now === context.now &&
    last.context.absent === context.absent
  ) {
    return last.match;
  }
  const match = evaluate(resolved, user, memberships, context);
  last = { resolved, user, memberships, context, match };
  return match;
}

function evaluate(
  resolved: ResolvedPolicy,
  user: RuleUser,
  memberships: Memberships,
  outer: RuleContext,
): PolicyMatch {
  const { named, transitive } = memberships;
  const context = named === undefined ? outer : { ...outer, groups: named };
  let groupsOfUser: UserGroups | undefined;
  const scope = resolved.policy.scope?.evaluate(user, context) ?? true;
  let key = letterOf(scope);
  const truths: Truth[] = [];
  const missing = new Set<ResolvedRule>();
  const unsure = new Map<ResolvedRule, readonly UnsureReference[]>();
  for (const rule of resolved.rules) {
    if (rule.groups.size > 0 && transitive !== undefined) groupsOfUser ??= userGroupsOf(transitive);
    const groups = matchGroups(rule.groups, groupsOfUser, named);
    const when = groups === false ? false : (rule.rule.when?.evaluate(user, context) ?? true);
    const truth = both(when, groups);
    truths.push(truth);
    const isMissing = groups === 'undecided' && transitive === undefined && truth !== false;
    key += isMissing ? 'g' : letterOf(truth);
    if (isMissing) missing.add(rule);
    const unsureGroups = truth === 'undecided' ? unsureAmong([...rule.namedGroups.values()], named) : [];
    if (unsureGroups.length === 0) continue;
    key += JSON.stringify(unsureGroups);
    unsure.set(rule, unsureGroups);
  }
  const makeRules = () =>
    resolved.rules.map((rule, place): RuleMatch => ({
      rule,
      truth: truths[place] ?? 'undecided',
      groupsMissing: missing.has(rule),
      unsureGroups: unsure.get(rule) ?? [],
    }));
  let rules: readonly RuleMatch[] | undefined;
  return {
    scope,
    key,
    /** Made when they are asked for: of most users of a tenant the key says enough. */
    get rules() {
      return (rules ??= makeRules());
    },
  };
}

function letterOf(truth: Truth): string {
  return truth === true ? 't' : truth === false ? 'f' : 'u';
}

function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : 'undecided';
}
