import type { Condition, RuleUser } from '../../policy/condition';
import type { Policy } from '../../policy/policy';
import type { Comparison } from '../../policy/rule/check/checked-rule';
import { datesOfExpression, nextDate } from '../../policy/rule/evaluate/next-date';
import { isMembershipRule } from '../../policy/rule/membership-rule';

const datesOfPolicies = new WeakMap<Policy, readonly Comparison[]>();

/**
 * When time alone changes what the scope or a rule says of this user next: such as the day on which an employee begins or leaves.
 * null: no rule is about a date of theirs that is still to come.
 */
export function dateOfRules(policy: Policy, user: RuleUser, now: number): number | null {
  const known = datesOfPolicies.get(policy) ?? findDates(policy);
  datesOfPolicies.set(policy, known);
  return known.length === 0 ? null : nextDate(known, user, now);
}

function findDates({ scope, rules }: Policy): readonly Comparison[] {
  const conditions = [scope, ...rules.map((rule) => rule.when)];
  return conditions.flatMap((condition: Condition | null) =>
    condition !== null && isMembershipRule(condition) ? datesOfExpression(condition.expression) : [],
  );
}
