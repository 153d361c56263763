import type { RuleContext, RuleUser, Truth } from '../../policy/condition';
import { foldText } from '../../policy/fold-case';
import type { Memberships } from '../decision';
import type { ResolvedPolicy, ResolvedRule } from './resolved-policy';

export type RuleMatch = {
  readonly rule: ResolvedRule;
  readonly truth: Truth;
  /** Undecided because the memberships were not read. */
  readonly groupsMissing: boolean;
  /** Undecided because the tenant does not have these groups, as the policy names them. */
  readonly unknownGroups: readonly string[];
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
  const { unknown = none } = memberships;
  const context = unknown.size === 0 ? outer : { ...outer, unknownGroups: unknown };
  const names = memberships.transitive && groupNames(memberships.transitive);
  const scope = resolved.policy.scope?.evaluate(user, context) ?? true;
  let key = letterOf(scope);
  const rules = resolved.rules.map((rule): RuleMatch => {
    const groups = matchGroups(rule.groups, names, unknown);
    const when = groups === false ? false : (rule.rule.when?.evaluate(user, context) ?? true);
    const truth = both(when, groups);
    const groupsMissing = groups === 'undecided' && names === undefined && truth !== false;
    const unknownGroups =
      truth === 'undecided' && unknown.size > 0
        ? [...rule.namedGroups].flatMap(([name, reference]) => (unknown.has(name) ? [reference] : []))
        : [];
    key += groupsMissing ? 'g' : letterOf(truth);
    if (unknownGroups.length > 0) key += JSON.stringify(unknownGroups);
    return { rule, truth, groupsMissing, unknownGroups };
  });
  return { scope, rules, key };
}

const none: ReadonlySet<string> = new Set();

function letterOf(truth: Truth): string {
  return truth === true ? 't' : truth === false ? 'f' : 'u';
}

function groupNames(groups: NonNullable<Memberships['transitive']>): ReadonlySet<string> {
  return new Set(groups.flatMap((group) => [group.id.toLowerCase(), foldText(group.displayName)]));
}

/** A group that is not there is not an empty one: the user may be in it under another name. */
function matchGroups(
  wanted: ReadonlySet<string>,
  names: ReadonlySet<string> | undefined,
  unknown: ReadonlySet<string>,
): Truth {
  if (wanted.size === 0) return true;
  if (names === undefined) return 'undecided';
  for (const name of wanted) if (names.has(name)) return true;
  for (const name of wanted) if (unknown.has(name)) return 'undecided';
  return false;
}

function both(a: Truth, b: Truth): Truth {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : 'undecided';
}
