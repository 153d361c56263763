import { foldText } from '../fold-case';
import type { Condition } from '../condition';
import type { Grant, Policy, PolicyRule } from '../policy';
import type { CheckedExpression } from '../rule/check/checked-rule';
import { isMembershipRule } from '../rule/membership-rule';
import { sameReference } from './policy-catalogue';
import type { Finding, PolicyCheck } from './policy-check';
import { canHold } from './satisfiable';

/** Rules that no user can match, and rules that add nothing to another one. */
export const checkReachable: PolicyCheck = ({ policy }) => {
  const findings: Finding[] = [];
  const scope = expressionsOf(policy.scope);
  if (!canHold(scope)) {
    findings.push({
      severity: 'error',
      code: 'policy/empty-scope',
      message: 'The scope can never be fulfilled: no user would be licensed',
      path: ['scope', 'when'],
    });
    return findings;
  }
  for (const [index, rule] of policy.rules.entries()) {
    const when = expressionsOf(rule.when);
    if (!canHold(when)) {
      findings.push({
        severity: 'error',
        code: 'policy/never-matches',
        message: `Rule ${rule.name} can never match: its conditions exclude each other`,
        path: ['rules', index, 'when'],
      });
    } else if (!canHold([...scope, ...when])) {
      findings.push({
        severity: 'error',
        code: 'policy/never-matches',
        message: `Rule ${rule.name} can never match anybody inside the scope`,
        path: ['rules', index, 'when'],
      });
    } else {
      const shadow = policy.rules.find(
        (other, at) => at !== index && shadows(policy, other, rule, at < index),
      );
      if (shadow !== undefined) {
        findings.push({
          severity: 'warning',
          code: 'policy/shadowed',
          message: `Rule ${rule.name} adds nothing: a user who matches it gets as much from rule ${shadow.name}`,
          path: ['rules', index, 'name'],
        });
      }
    }
  }
  return findings;
};

function expressionsOf(condition: Condition | null): CheckedExpression[] {
  return condition !== null && isMembershipRule(condition) ? [condition.expression] : [];
}

/** Of two equal rules only the later one is reported. */
function shadows(policy: Policy, wide: PolicyRule, narrow: PolicyRule, isEarlier: boolean): boolean {
  if (!implies(policy, narrow, wide) || !covers(policy, wide, narrow)) return false;
  return isEarlier || !(implies(policy, wide, narrow) && covers(policy, narrow, wide));
}

/** Does everybody in scope who matches `narrow` match `wide` too? Said only when it is certain. */
function implies(policy: Policy, narrow: PolicyRule, wide: PolicyRule): boolean {
  const groupsImply =
    wide.memberOf.length === 0 ||
    (narrow.memberOf.length > 0 &&
      narrow.memberOf.every((group) => wide.memberOf.some((other) => foldText(other) === foldText(group))));
  if (!groupsImply) return false;
  const [wideWhen] = expressionsOf(wide.when);
  if (wideWhen === undefined) return wide.when === null;
  if (containsOpaque(wideWhen)) return narrow.when?.source.trim() === wide.when?.source.trim();
  return !canHold([...expressionsOf(policy.scope), ...expressionsOf(narrow.when)], [wideWhen]);
}

/** Collections and managers count as "possible" both ways, which proves nothing. */
function containsOpaque(expression: CheckedExpression): boolean {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.some(containsOpaque);
    case 'not':
      return containsOpaque(expression.operand);
    case 'comparison':
      return false;
    case 'quantified':
    case 'directReports':
      return true;
  }
}

/** Is every grant of `narrow` given by `wide` already, with as much in it? */
function covers(policy: Policy, wide: PolicyRule, narrow: PolicyRule): boolean {
  const withoutCovered = narrow.without.every((plan) =>
    wide.without.some((other) => sameReference(other, plan)),
  );
  return (
    withoutCovered && narrow.assign.every((grant) => wide.assign.some((other) => gives(policy, other, grant)))
  );
}

function gives(policy: Policy, wide: Grant, narrow: Grant): boolean {
  const better = policy.exclusive.some((group) => {
    const rank = (sku: string) => group.findIndex((member) => sameReference(member, sku));
    return rank(wide.sku) >= 0 && rank(wide.sku) < rank(narrow.sku);
  });
  if (better) return true;
  return (
    sameReference(wide.sku, narrow.sku) &&
    wide.priority >= narrow.priority &&
    wide.newPlans === narrow.newPlans &&
    narrow.fallback.every((sku) => wide.fallback.some((other) => sameReference(other, sku))) &&
    plansCover(wide, narrow)
  );
}

function plansCover({ plans: wide }: Grant, { plans: narrow }: Grant): boolean {
  if (wide.kind === 'all') return true;
  if (narrow.kind === 'all' || wide.kind !== narrow.kind) return false;
  const [inner, outer] = wide.kind === 'disable' ? [wide.plans, narrow.plans] : [narrow.plans, wide.plans];
  return inner.every((plan) => outer.some((other) => sameReference(other, plan)));
}
