import { InvalidArgumentError, Option } from 'commander';
import type { RuleContext } from '../../shared/policy/condition';
import { parseDateTime } from '../../shared/policy/rule/evaluate/date-time';
import type { Unconfirmed } from '../../shared/policy/rule/evaluate/null-table';

/** Options of every command that evaluates rules. */
export type RuleOptions = {
  readonly now?: number;
  readonly absent: RuleContext['absent'];
  readonly unconfirmed: Unconfirmed;
  readonly json?: true;
};

/** --now, --absent, --unconfirmed and --json. */
export function ruleOptions(): Option[] {
  return [
    new Option('--now <time>', 'what system.now is, ISO 8601 (default: the current time)').argParser(toTime),
    new Option('--absent <meaning>', 'what a property means that a user does not have')
      .choices(['null', 'undecided'])
      .default('null'),
    new Option(
      '--unconfirmed <reading>',
      'empty attributes where Microsoft leaves the result open: take the usual reading, or do not decide',
    )
      .choices(['assume', 'undecided'])
      .default('assume'),
    jsonOption(),
  ];
}

/** --json, which every command has. */
export function jsonOption(): Option {
  return new Option('--json', 'print JSON');
}

function toTime(text: string): number {
  const moment = parseDateTime(text);
  if (moment === undefined) throw new InvalidArgumentError('expected ISO 8601, such as 2026-06-15T12:00:00Z');
  return moment.at;
}
