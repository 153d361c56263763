import { InvalidArgumentError } from 'commander';
import { systemClock } from '../../shared/kernel/clock';
import { parseDateTime } from '../../shared/policy/rule/evaluate/date-time';
import { parseSpan } from '../../shared/policy/file/time-span';

/** A time that lies behind: ISO 8601, or how long ago (`90m`, `12h`, `2d`). Milliseconds. */
export function pastTime(text: string): number {
  const span = parseSpan(text);
  if (span !== undefined) return systemClock.now() - span;
  return isoTimeOf(text, '2026-06-15T12:00:00Z, or how long ago, such as 90m, 12h or 2d');
}

/** A time that lies ahead: ISO 8601, or how long from now. Milliseconds. */
export function comingTime(text: string): number {
  const span = parseSpan(text);
  const at = span === undefined ? isoTimeOf(text, '2026-12-31, or how long, such as 12h or 30d') : undefined;
  const time = at ?? systemClock.now() + (span ?? 0);
  if (time > systemClock.now()) return time;
  throw new InvalidArgumentError('expected a time that is still to come');
}

function isoTimeOf(text: string, example: string): number {
  // A date alone is its first moment in UTC.
  const moment = parseDateTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (moment === undefined) throw new InvalidArgumentError(`expected ISO 8601, such as ${example}`);
  return moment.at;
}
