import { readIsoDuration } from '../../../kernel/iso-duration';
import type { IsoDuration } from '../../../kernel/iso-duration';

/** Beyond these the result would leave the range of dates. */
const maximumMs = 1e14;
const maximumMonths = 36_000;

/** An ISO 8601 duration that a date can be moved by; undefined when it is none. */
export function parseDuration(text: string): IsoDuration | undefined {
  const duration = readIsoDuration(text);
  return duration !== undefined && duration.ms <= maximumMs && duration.months <= maximumMonths
    ? duration
    : undefined;
}

/** `at` moved by a duration; months by the calendar in UTC, the day clipped to the month's last. */
export function addDuration(at: number, sign: 1 | -1, duration: IsoDuration): number {
  if (duration.months === 0) return at + sign * duration.ms;
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + sign * duration.months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() + sign * duration.ms;
}
