/**
 * A Retry-After header in milliseconds from `now`: seconds, also fractional, or an HTTP date; a date in the past is 0.
 * undefined: there is none, or it cannot be read.
 * https://www.rfc-editor.org/rfc/rfc9110#name-retry-after and, for fractions,
 * https://learn.microsoft.com/graph/throttling#best-practices-to-handle-throttling
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : Math.ceil(seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
