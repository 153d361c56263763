import type { RuleContext, RuleUser, Truth } from '../../policy/condition';
import type { Memberships } from '../decision';
import { matchGroups, unsureAmong, userGroupsOf } from './match-groups';
import type { UnsureReference } from './match-groups';
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
  const { named } = memberships;
  const context = named === undefined ? outer : { ...outer, groups: named };
  const groupsOfUser = memberships.transitive && userGroupsOf(memberships.transitive);
  const scope = resolved.policy.scope?.evaluate(user, context) ?? true;
  let key = letterOf(scope);
  const rules = resolved.rules.map((rule): RuleMatch => {
    const groups = matchGroups(rule.groups, groupsOfUser, named);
    const when = groups === false ? false : (rule.rule.when?.evaluate(user, context) ?? true);
    const truth = both(when, groups);
    const groupsMissing = groups === 'undecided' && groupsOfUser === undefined && truth !== false;
    const unsureGroups = truth === 'undecided' ? unsureAmong([...rule.namedGroups.values()], named) : [];
    key += groupsMissing ? 'g' : letterOf(truth);
    if (unsureGroups.length > 0) key += JSON.stringify(unsureGroups);
    return { rule, truth, groupsMissing, unsureGroups };
  });
  return { scope, rules, key };
}

function letterOf(truth: Truth): string {
  return truth === true ? 't' : truth === false ? 'f' : 'u';
}

function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : 'undecided';
}
