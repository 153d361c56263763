import { isGuid } from '../../../kernel/ids';
import type { Attribute } from '../attributes/attribute';
import { checkMemberOf } from './check-member-of';
import { checkValue } from './check-value';
import type { CheckedExpression } from './checked-rule';
import { findElementAttribute } from '../attributes/element-attributes';
import type { CollectionType } from '../attributes/element-attributes';
import { doesNotPaste } from './extension-notice';
import { checkOperator } from './operator-types';
import type { ParsedRule } from '../syntax/parse-rule';
import type { RuleWarning } from '../syntax/rule-error';
import { RuleReport } from '../rule-report';
import type { Expression, Reference } from '../syntax/syntax';
import { unsupportedAttribute } from '../attributes/unsupported-attribute';
import { findUserAttribute } from '../attributes/user-attributes';

export type CheckedRule = {
  readonly source: string;
  readonly expression: CheckedExpression;
  readonly warnings: readonly RuleWarning[];
};

/**
 * Looks up names and checks operators and values against the types of
 * https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership. Passing means that Entra would accept
 * the rule, but for the extensions, which are warned of.
 * @throws RuleError
 */
export function checkRule(parsed: ParsedRule): CheckedRule {
  const report = new RuleReport(parsed.source);
  report.warnings.push(...parsed.warnings);
  const expression = check(parsed.expression, null, report);
  checkMemberOf(expression, report);
  return { source: parsed.source, expression, warnings: report.warnings };
}

function check(expression: Expression, within: CollectionType | null, report: RuleReport): CheckedExpression {
  const at = { start: expression.start, end: expression.end };
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const operands = expression.operands.map((operand) => check(operand, within, report));
      return { kind: expression.kind, operands, parenthesized: expression.parenthesized, ...at };
    }
    case 'not':
      return { kind: 'not', operand: check(expression.operand, within, report), ...at };
    case 'directReports': {
      const managerId = expression.manager.value;
      if (!isGuid(managerId)) {
        report.warn(
          'rule/not-a-guid',
          `"${managerId}" is not an object id; no user will match`,
          expression.manager,
        );
      }
      return { kind: 'directReports', managerId, ...at };
    }
    case 'quantified':
      return checkQuantified(expression, within, report);
    case 'comparison': {
      const attribute = findAttribute(expression.reference, within, report);
      checkOperator(attribute, expression.operator, expression, report);
      const value = checkValue(attribute, expression.operator, expression.value, report);
      return { kind: 'comparison', attribute, operator: expression.operator, value, ...at };
    }
  }
}

function checkQuantified(
  expression: Extract<Expression, { kind: 'quantified' }>,
  within: CollectionType | null,
  report: RuleReport,
): CheckedExpression {
  const attribute = findAttribute(expression.reference, within, report);
  const { type } = attribute;
  if (type === 'boolean' || type === 'dateTime' || type === 'string') {
    throw report.fail(
      'rule/operator-not-supported',
      `-${expression.quantifier} works on collections; ${attribute.name} holds one value`,
      expression.operatorAt,
      `Compare it directly: ${attribute.name} -eq …`,
    );
  }
  const body = check(expression.body, type, report);
  return {
    kind: 'quantified',
    attribute,
    quantifier: expression.quantifier,
    body,
    start: expression.start,
    end: expression.end,
  };
}

function findAttribute(reference: Reference, within: CollectionType | null, report: RuleReport): Attribute {
  const written = reference.name === '' ? reference.object : `${reference.object}.${reference.name}`;
  const isUser = reference.object.toLowerCase() === 'user';
  const attribute =
    within !== null
      ? findElementAttribute(within, written)
      : isUser
        ? findUserAttribute(reference.name)
        : undefined;
  if (attribute === undefined) throw unsupportedAttribute(reference, within, report.fail);
  if (!attribute.inEntra) {
    report.warn('rule/extension', `${attribute.name} is our extension: this rule ${doesNotPaste}`, reference);
  }
  if (attribute.caution !== undefined) report.warn('rule/unconfirmed', attribute.caution, reference);
  return attribute;
}
