import { isGuid } from '../../../kernel/ids';
import { doesNotPaste } from './extension-notice';
import type { CheckedExpression, Comparison, Quantified } from './checked-rule';
import type { RuleReport } from '../rule-report';
import { subexpressions } from '../syntax/walk';

/** https://learn.microsoft.com/entra/identity/users/groups-dynamic-rule-member-of (preview limitations). */
const maximumGroups = 50;

/**
 * The limits of memberOf: -any only, object ids with -in only, at most 50 groups. A rule that joins it with other
 * conditions, or names groups by displayName, is our extension.
 * @throws RuleError
 */
export function checkMemberOf(root: CheckedExpression, report: RuleReport): void {
  const tests = [...subexpressions(root)].filter(isMemberOf);
  let groups = 0;
  for (const test of tests) {
    if (test.quantifier === 'all') {
      throw report.fail('rule/operator-not-supported', 'user.memberOf knows -any only', test, 'Write -any.');
    }
    for (const clause of subexpressions(test.body)) {
      if (clause.kind === 'comparison') groups += checkClause(clause, report);
    }
  }
  if (groups > maximumGroups) {
    throw report.fail(
      'rule/combination',
      `The rule names ${String(groups)} groups; Entra takes ${String(maximumGroups)} at most`,
      root,
      'Split the rule in two.',
    );
  }
  const combined = tests.find((test) => test !== root || test.body.kind !== 'comparison');
  if (combined !== undefined) {
    report.warn(
      'rule/extension',
      `user.memberOf together with other conditions is our extension: this rule ${doesNotPaste}`,
      combined,
    );
  }
}

function isMemberOf(expression: CheckedExpression): expression is Quantified {
  return expression.kind === 'quantified' && expression.attribute.type === 'groups';
}

/** How many object ids of groups the clause names. */
function checkClause(clause: Comparison, report: RuleReport): number {
  if (clause.attribute.name !== 'group.objectId') return 0;
  if (clause.operator !== 'in' || clause.value.kind !== 'texts') {
    throw report.fail(
      'rule/operator-not-supported',
      `Operator -${clause.operator} is not supported on group.objectId`,
      clause,
      'Write user.memberOf -any (group.objectId -in ["object id of a group"]).',
    );
  }
  const wrong = clause.value.texts.find((text) => !isGuid(text));
  if (wrong !== undefined)
    report.warn('rule/not-a-guid', `"${wrong}" is not the object id of a group`, clause);
  return clause.value.texts.length;
}
