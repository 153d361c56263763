/** A point in time, milliseconds, and whether the text left its zone open (then UTC is assumed). */
export type Moment = { readonly at: number; readonly zoneAssumed: boolean };

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:t(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(z|[+-]\d{2}:?\d{2})?)?$/i;

/** An ISO 8601 date or date-time; undefined when it is none, or names a day or an hour that does not exist. */
export function parseDateTime(text: string): Moment | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second, Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000));
  const exists =
    at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!exists) return undefined;
  const zone = match[8];
  if (zone === undefined || /^z$/i.test(zone)) return { at: at.getTime(), zoneAssumed: zone === undefined };
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  const sign = zone.startsWith('-') ? 1 : -1;
  return { at: at.getTime() + sign * offset * 60_000, zoneAssumed: false };
}
