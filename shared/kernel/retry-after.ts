import { graphTiming } from './timing/graph';

/**
 * A Retry-After header in milliseconds from `now`: seconds, also fractional, or an HTTP date; a date in the past is 0.
 * undefined: there is none, or it cannot be read. No time is longer than `timing.graph.longestWait`: the next attempt finds out
 * whether the other side still means it.
 * https://www.rfc-editor.org/rfc/rfc9110#name-retry-after and, for fractions,
 * https://learn.microsoft.com/graph/throttling#best-practices-to-handle-throttling
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds < 0 ? undefined : bounded(Math.ceil(seconds * 1000));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : bounded(Math.max(0, date - now));
}

function bounded(ms: number): number {
  return Math.min(ms, graphTiming.longestWait.ms);
}
