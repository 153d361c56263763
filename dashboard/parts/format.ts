const units = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/**
 * `4 s`, `24 min`, `3 h`, `6 d`: one unit, rounded down, as an age is said. One of a unit says the rest too (`1 min 29 s`),
 * which may be as long again. A longer age never looks shorter beside a shorter one. `ms`: milliseconds; below 0 is 0.
 */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const at = units.findIndex((unit) => seconds >= unit.seconds);
  const unit = units[at];
  if (unit === undefined) return '0 s';
  const many = Math.floor(seconds / unit.seconds);
  const next = units[at + 1];
  const rest = many > 1 || next === undefined ? 0 : Math.floor((seconds % unit.seconds) / next.seconds);
  return `${String(many)} ${unit.name}${rest === 0 ? '' : ` ${String(rest)} ${next?.name ?? ''}`}`;
}

/** Thousands apart, whatever the reader's language. */
export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 user`, `2 users`; with what the words around it need: `1 message names no user`, `2 messages name no user`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayAndTime = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
const longTime = new Intl.DateTimeFormat('en-GB', dayAndTime);
const fullTime = new Intl.DateTimeFormat('en-GB', { ...dayAndTime, year: 'numeric' });

/** In the reader's zone: the hour alone for today, with the day otherwise, and with the year when it is another one. */
export function localTime(iso: string, nowMs: number): string {
  const at = new Date(iso);
  const now = new Date(nowMs);
  if (at.toDateString() === now.toDateString()) return shortTime.format(at);
  return (at.getFullYear() === now.getFullYear() ? longTime : fullTime).format(at);
}

/** A text whose ISO times become times in the reader's zone. What only looks like a time, such as a month 13, stays. */
export function localTimes(text: string, nowMs: number): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) =>
    Number.isNaN(Date.parse(iso)) ? iso : localTime(iso, nowMs),
  );
}

/** `outOfScope` becomes `out of scope`: a name of the API as words. */
export function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
