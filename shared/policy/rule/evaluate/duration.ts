/** An ISO 8601 duration in parts; years and months have no fixed length. */
export type Duration = { readonly months: number; readonly ms: number };

const pattern =
  /^p(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)w)?(?:(\d+)d)?(?:t(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?)?$/i;

/** `P1DT6H`, `p14d`, `P2W`, in any case; undefined when it is none. */
export function parseDuration(text: string): Duration | undefined {
  const match = pattern.exec(text);
  if (match === null || /^p$/i.test(text)) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const ms =
    ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 +
    (seconds ?? 0) * 1000;
  const duration = { months: (years ?? 0) * 12 + (months ?? 0), ms };
  return duration.ms <= maximumMs && duration.months <= maximumMonths ? duration : undefined;
}

/** Beyond these the result would leave the range of dates. */
const maximumMs = 1e14;
const maximumMonths = 36_000;

/** `at` moved by a duration; months by the calendar in UTC, the day clipped to the month's last. */
export function addDuration(at: number, sign: 1 | -1, duration: Duration): number {
  if (duration.months === 0) return at + sign * duration.ms;
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + sign * duration.months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() + sign * duration.ms;
}
