import { parseDotnetRegex } from '../../regex/dotnet-regex';
import type { Attribute } from '../attributes/attribute';
import { checkMoment } from './check-moment';
import type { CheckedValue } from './checked-rule';
import type { RuleError } from '../syntax/rule-error';
import type { RuleReport } from '../rule-report';
import type { Literal, Operator } from '../syntax/syntax';

/**
 * The value of a comparison, as its attribute and operator need it.
 * @throws RuleError when Entra would refuse it.
 */
export function checkValue(
  attribute: Attribute,
  operator: Operator,
  value: Literal,
  report: RuleReport,
): CheckedValue {
  if (value.kind === 'null') {
    if (operator === 'eq' || operator === 'ne') return { kind: 'null' };
    throw report.fail(
      'rule/value',
      `-${operator} cannot be used with null`,
      value,
      'Only -eq null and -ne null ask whether there is a value; for the word null write "null".',
    );
  }
  const takesList = operator === 'in' || operator === 'notIn';
  if (takesList !== (value.kind === 'list')) throw listMismatch(operator, value, report);
  switch (attribute.type) {
    case 'boolean':
      return checkBoolean(attribute, value, report);
    case 'dateTime':
      return checkMoment(attribute, operator, value, report);
    case 'string':
    case 'stringCollection':
      if (value.kind === 'list') {
        return { kind: 'texts', texts: value.items.map((item) => checkText(attribute, item, report)) };
      }
      return operator === 'match' || operator === 'notMatch'
        ? checkPattern(value, checkText(attribute, value, report), report)
        : { kind: 'text', text: checkText(attribute, value, report) };
    case 'plans':
    case 'groups':
      throw report.fail('rule/value', `${attribute.name} is not compared directly`, value);
  }
}

function listMismatch(operator: Operator, value: Literal, report: RuleReport): RuleError {
  return value.kind === 'list'
    ? report.fail(
        'rule/value',
        `-${operator} takes one value, not a list`,
        value,
        'Lists belong to -in and -notIn.',
      )
    : report.fail(
        'rule/value',
        `-${operator} takes a list`,
        value,
        `Write it in square brackets: [${report.text(value)}].`,
      );
}

function checkBoolean(attribute: Attribute, value: Literal, report: RuleReport): CheckedValue {
  if (value.kind === 'boolean') return { kind: 'boolean', value: value.value };
  const word = value.kind === 'string' ? value.value.toLowerCase() : '';
  if (word === 'true' || word === 'false') {
    report.warn(
      'rule/quoted-boolean',
      `Write ${word} without quotes; whether Entra takes quoted ones is unknown`,
      value,
    );
    return { kind: 'boolean', value: word === 'true' };
  }
  throw report.fail(
    'rule/value',
    `${attribute.name} is true or false, not ${report.text(value)}`,
    value,
    'Write true or false without quotes.',
  );
}

/** A text; digits stand for themselves, and what an extension attribute holds may be a boolean. */
function checkText(attribute: Attribute, value: Literal, report: RuleReport): string {
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'number':
      if (attribute.anyScalar !== true) {
        report.warn('rule/number', `${attribute.name} holds text: write "${value.text}"`, value);
      }
      return value.text;
    case 'boolean':
      if (attribute.anyScalar === true) {
        report.warn(
          'rule/boolean',
          `${attribute.name} is documented as text: write "${String(value.value)}"`,
          value,
        );
        return String(value.value);
      }
      throw report.fail(
        'rule/value',
        `${attribute.name} holds text`,
        value,
        `Write "${report.text(value)}".`,
      );
    case 'null':
      throw report.fail(
        'rule/value',
        'A list cannot hold null',
        value,
        `Add a condition: -or ${attribute.name} -eq null.`,
      );
    case 'date':
    case 'now':
    case 'list':
      throw report.fail(
        'rule/value',
        `${attribute.name} holds text, not ${report.text(value)}`,
        value,
        value.kind === 'now'
          ? 'Only user.employeeHireDate and user.employeeLeaveDateTime are compared with system.now.'
          : 'Text values stand in quotes.',
      );
  }
}

function checkPattern(literal: Literal, pattern: string, report: RuleReport): CheckedValue {
  const regex = parseDotnetRegex(pattern);
  if ('error' in regex) {
    // Offsets inside the literal are exact as long as nothing in it was escaped.
    const exact = literal.end - literal.start - 2 === pattern.length;
    const start = exact ? Math.min(literal.start + 1 + regex.error.at, literal.end - 1) : literal.start;
    throw report.fail(
      'rule/regex',
      `Not a .NET regular expression: ${regex.error.message}`,
      { start, end: literal.end },
      regex.error.hint,
    );
  }
  if (!regex.canRun) {
    report.warn(
      'rule/regex-not-run',
      `This regular expression cannot be run safely here (${regex.why}): users with a value stay undecided`,
      literal,
    );
  }
  return { kind: 'pattern', regex };
}
