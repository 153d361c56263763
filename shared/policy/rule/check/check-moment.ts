import type { Attribute } from '../attributes/attribute';
import type { CheckedValue } from './checked-rule';
import { parseDateTime } from '../evaluate/date-time';
import { parseDuration } from '../evaluate/duration';
import type { RuleReport } from '../rule-report';
import type { Literal, Operator } from '../syntax/syntax';

/**
 * A date for a property of type dateTime: an ISO 8601 date-time, quoted or not, or system.now with -ge and -le.
 * @throws RuleError
 */
export function checkMoment(
  attribute: Attribute,
  operator: Operator,
  value: Literal,
  report: RuleReport,
): CheckedValue {
  if (value.kind === 'now') return checkNow(operator, value, report);
  const text = value.kind === 'string' ? value.value : value.kind === 'date' ? value.text : undefined;
  const moment = text === undefined ? undefined : parseDateTime(text);
  if (moment === undefined) {
    throw report.fail(
      'rule/value',
      `${attribute.name} is compared with a date, not ${report.text(value)}`,
      value,
      'Write it as ISO 8601: `2024-03-01T06:00:00Z`, or `system.now`.',
    );
  }
  if (moment.zoneAssumed) {
    report.warn('rule/zone', 'No time zone is given: read as UTC; write `…T00:00:00Z` to be sure', value);
  }
  if (operator === 'ne') {
    report.warn('rule/unconfirmed', '-ne with a date is not documented', value);
  }
  return { kind: 'moment', at: moment.at };
}

function checkNow(operator: Operator, value: Literal & { kind: 'now' }, report: RuleReport): CheckedValue {
  if (operator !== 'ge' && operator !== 'le') {
    throw report.fail(
      'rule/value',
      `-${operator} cannot be used with system.now`,
      value,
      'No user is hired at exactly this time; use a window of -ge and -le.',
    );
  }
  if (value.offset === null) return { kind: 'now', offset: null };
  const duration = parseDuration(value.offset.duration);
  if (duration === undefined) {
    throw report.fail(
      'rule/value',
      `${value.offset.duration} is not an ISO 8601 duration`,
      value.offset,
      'Write P14D (days), P2W (weeks), PT12H (hours) or P1DT6H.',
    );
  }
  if (duration.months !== 0) {
    report.warn(
      'rule/unconfirmed',
      'Years and months are not documented; write days (D) or weeks (W)',
      value.offset,
    );
  }
  return { kind: 'now', offset: { sign: value.offset.sign === 'plus' ? 1 : -1, duration } };
}
