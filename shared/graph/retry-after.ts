/**
 * A Retry-After header in milliseconds from `now`: seconds, also fractional, or a date. undefined: none, or unreadable.
 * https://learn.microsoft.com/graph/throttling#best-practices-to-handle-throttling
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : Math.ceil(seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
