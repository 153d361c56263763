import type { Condition } from './condition';
import type { Policy, PolicyRule } from './policy';
import { foldText } from './fold-case';
import { asksOfAnyGroup, groupsOfExpression } from './rule/group-names';
import { isMembershipRule } from './rule/membership-rule';

/** A group as a policy names it, and where, as findings of checks say it. */
export type NamedGroup = { readonly reference: string; readonly path: readonly (string | number)[] };

/** Every group that the policy names: in `memberOf`, in the rules' conditions and in the scope. */
export function namedGroups(policy: Pick<Policy, 'scope' | 'rules'>): readonly NamedGroup[] {
  const ofRules = policy.rules.flatMap((rule, index) => [
    ...rule.memberOf.map((reference, at) => ({ reference, path: ['rules', index, 'memberOf', at] })),
    ...groupsOfCondition(rule.when).map((reference) => ({ reference, path: ['rules', index, 'when'] })),
  ]);
  const ofScope = groupsOfCondition(policy.scope).map((reference) => ({
    reference,
    path: ['scope', 'when'],
  }));
  return [...ofRules, ...ofScope];
}

/** The groups that a rule names, by their folded names: each as the policy writes it. */
export function groupsOfRule({
  memberOf,
  when,
}: Pick<PolicyRule, 'memberOf' | 'when'>): ReadonlyMap<string, string> {
  return new Map(
    [...memberOf, ...groupsOfCondition(when)].map((reference) => [foldText(reference), reference]),
  );
}

/** The same of a condition alone; none: it names no group, or is not a membership rule. */
export function groupsOfCondition(condition: Condition | null): readonly string[] {
  return condition !== null && isMembershipRule(condition) ? groupsOfExpression(condition.expression) : [];
}

/** Whether a membership of any group, named or not, may decide a user. */
export function looksAtAnyGroup({ scope, rules }: Pick<Policy, 'scope' | 'rules'>): boolean {
  return [scope, ...rules.map(({ when }) => when)].some(
    (condition) => condition !== null && isMembershipRule(condition) && asksOfAnyGroup(condition.expression),
  );
}
