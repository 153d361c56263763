/** `4 s`, `24 min`, `3 h`, `6 d`: one unit, rounded down, as an age is said. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 90) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${String(hours)} h` : `${String(Math.floor(hours / 24))} d`;
}

/** Thousands apart, whatever the reader's language. */
export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 user`, `2 users`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const longTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** In the reader's zone: the hour alone for today, with the day otherwise. */
export function localTime(iso: string, nowMs: number): string {
  const at = new Date(iso);
  return at.toDateString() === new Date(nowMs).toDateString() ? shortTime.format(at) : longTime.format(at);
}

/** A text whose ISO times become times in the reader's zone. */
export function localTimes(text: string, nowMs: number): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => localTime(iso, nowMs));
}

/** `outOfScope` becomes `out of scope`: a name of the API as words. */
export function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
