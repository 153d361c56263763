import { UserError } from '../../../emulator-kit/src/errors';

/**
 * NCRONTAB: `{second} {minute} {hour} {day} {month} {day-of-week}`, in UTC; five fields leave the seconds at 0.
 * A field is a list of `*`, `a`, `a-b`, each with an optional step `/n`; months and days have English names, of which
 * the first letters do. `b-a` is read as `a-b`, and a step of 0 as 1. Fields are parted by spaces, never by a TAB.
 * When both day and day-of-week are restricted, both must match (unlike Unix cron).
 * Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer (NCRONTAB expressions) and
 * https://github.com/atifaziz/NCrontab (NCrontab/CrontabFieldImpl.cs, CrontabField.cs: Accumulate)
 */
export type Ncrontab = {
  readonly seconds: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
};

type Field = { name: string; first: number; last: number; names?: readonly string[] };

const monthNames = 'january february march april may june july august september october november december';
const dayNames = 'sunday monday tuesday wednesday thursday friday saturday';
const fields: readonly Field[] = [
  { name: 'second', first: 0, last: 59 },
  { name: 'minute', first: 0, last: 59 },
  { name: 'hour', first: 0, last: 23 },
  { name: 'day', first: 1, last: 31 },
  { name: 'month', first: 1, last: 12, names: monthNames.split(' ') },
  { name: 'day-of-week', first: 0, last: 6, names: dayNames.split(' ') },
];

function bad(expression: string, problem: string): UserError {
  return new UserError('functions-host/bad-schedule', `"${expression}" is not a schedule: ${problem}`, {
    hint: 'Six fields: second minute hour day month day-of-week, for example "0 */5 * * * *".',
  });
}

function toNumber(text: string, field: Field): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : valueNamed(text, field);
  return value !== undefined && value >= field.first && value <= field.last ? value : undefined;
}

/** The first name that begins like that: `Ju` is June. */
function valueNamed(text: string, field: Field): number | undefined {
  const at = (field.names ?? []).findIndex((name) => text !== '' && name.startsWith(text.toLowerCase()));
  return at < 0 ? undefined : field.first + at;
}

function parseField(text: string, field: Field): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', stepText, ...tooMany] = part.split('/');
    const step = stepText === undefined ? 1 : /^\d+$/.test(stepText) ? Math.max(1, Number(stepText)) : 0;
    if (step < 1 || tooMany.length > 0) return undefined;
    const [low = '', high, ...more] = range === '*' ? [`${field.first}`, `${field.last}`] : range.split('-');
    const from = toNumber(low, field);
    const open = high === undefined && stepText !== undefined ? field.last : from;
    const to = high === undefined ? open : toNumber(high, field);
    if (from === undefined || to === undefined || more.length > 0) return undefined;
    for (let value = Math.min(from, to); value <= Math.max(from, to); value += step) values.add(value);
  }
  return values;
}

/**
 * Six fields, second first (https://github.com/atifaziz/NCrontab).
 * @throws UserError for anything that is not NCRONTAB
 */
export function parseNcrontab(expression: string): Ncrontab {
  const words = expression.split(' ').filter((word) => word !== '');
  if (words.length !== 5 && words.length !== 6) throw bad(expression, `it has ${words.length} fields`);
  const texts = words.length === 5 ? ['0', ...words] : words;
  const sets = fields.map((field, at) => {
    const text = texts[at] ?? '';
    const values = parseField(text, field);
    if (values === undefined) throw bad(expression, `"${text}" is not a ${field.name}`);
    return values;
  });
  const [seconds, minutes, hours, days, months, daysOfWeek] = sets;
  if (!seconds || !minutes || !hours || !days || !months || !daysOfWeek)
    throw bad(expression, 'fields missing');
  return { seconds, minutes, hours, days, months, daysOfWeek };
}

const dayMs = 86_400_000;
/** A 29th of February on a given weekday comes back within 40 years at most. */
const horizonDays = 40 * 366;

function dayMatches(cron: Ncrontab, day: Date): boolean {
  return (
    cron.months.has(day.getUTCMonth() + 1) &&
    cron.days.has(day.getUTCDate()) &&
    cron.daysOfWeek.has(day.getUTCDay())
  );
}

/** The first second of the day, from `from` on (seconds since midnight), at which the schedule fires. */
function timeOfDay(cron: Ncrontab, from: number): number | undefined {
  for (let hour = Math.floor(from / 3600); hour < 24; hour++) {
    if (!cron.hours.has(hour)) continue;
    const firstMinute = hour === Math.floor(from / 3600) ? Math.floor((from % 3600) / 60) : 0;
    for (let minute = firstMinute; minute < 60; minute++) {
      if (!cron.minutes.has(minute)) continue;
      const start = hour * 3600 + minute * 60;
      for (let second = Math.max(0, from - start); second < 60; second++) {
        if (cron.seconds.has(second)) return start + second;
      }
    }
  }
  return undefined;
}

/** The first occurrence strictly after `afterMs` (milliseconds since 1970, UTC); undefined: it never fires. */
export function nextNcrontab(cron: Ncrontab, afterMs: number): number | undefined {
  const start = Math.floor(afterMs / 1000) * 1000 + 1000;
  const firstDay = Math.floor(start / dayMs) * dayMs;
  for (let offset = 0; offset < horizonDays; offset++) {
    const day = firstDay + offset * dayMs;
    if (!dayMatches(cron, new Date(day))) continue;
    const seconds = timeOfDay(cron, offset === 0 ? (start - day) / 1000 : 0);
    if (seconds !== undefined) return day + seconds * 1000;
  }
  return undefined;
}
