import type { SyncedUser, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { percentile } from '../../rehearsal/judge/times-to-licensed';

/** Entries that used the write quota: all but those that were refused for want of it. */
export function acceptedWrites(log: readonly WriteLogEntry[]): readonly WriteLogEntry[] {
  return log.filter((entry) => entry.status !== 429);
}

/**
 * The share of the write quota that was used: writes per second over the rate, from the write numbered `from` until
 * less than a second of work is left. NaN when the log is too short to tell.
 */
export function quotaShare(log: readonly WriteLogEntry[], ratePerSecond: number, from = 100): number {
  const writes = acceptedWrites(log);
  const last = writes.length - Math.ceil(ratePerSecond);
  const start = writes[from - 1];
  const end = writes[last - 1];
  if (start === undefined || end === undefined || last <= from) return Number.NaN;
  return ((last - from) * 1_000) / (end.at - start.at) / ratePerSecond;
}

/** The most writes that any stretch of `windowMs` saw, over what the rate gives in that time. */
export function peakOverRate(log: readonly WriteLogEntry[], ratePerSecond: number, windowMs: number): number {
  const times = acceptedWrites(log).map((entry) => entry.at);
  let first = 0;
  let most = 0;
  for (const [index, at] of times.entries()) {
    while (at - (times[first] ?? at) >= windowMs) first++;
    most = Math.max(most, index - first + 1);
  }
  return most / ((ratePerSecond * windowMs) / 1_000);
}

const isEffective = (entry: WriteLogEntry): boolean => entry.status === 200 && entry.effective;

/** The first effective license write of each user. */
export function firstLicensing(log: readonly WriteLogEntry[]): ReadonlyMap<string, WriteLogEntry> {
  const first = new Map<string, WriteLogEntry>();
  for (const entry of log) {
    const id = entry.userId?.toLowerCase();
    if (id === undefined || entry.kind !== 'assignLicense' || !isEffective(entry)) continue;
    if ((entry.add ?? []).length > 0 && !first.has(id)) first.set(id, entry);
  }
  return first;
}

/** Users to whom assignLicense did something more than once, though once would have been enough. */
export function doubledUsers(log: readonly WriteLogEntry[]): number {
  const times = new Map<string, number>();
  for (const entry of log) {
    if (entry.kind !== 'assignLicense' || !isEffective(entry)) continue;
    times.set(entry.userId, (times.get(entry.userId) ?? 0) + 1);
  }
  return [...times.values()].filter((count) => count > 1).length;
}

/** From when a user could be read to their first license, milliseconds. */
export function licensingTimes(
  users: readonly SyncedUser[],
  log: readonly WriteLogEntry[],
): { readonly p50: number; readonly p95: number; readonly p99: number } {
  const first = firstLicensing(log);
  const times = users
    .flatMap(({ id, readableAt }) => {
      const entry = first.get(id.toLowerCase());
      // A user who got nothing has waited for ever.
      return [entry === undefined ? Infinity : entry.at - readableAt];
    })
    .sort((a, b) => a - b);
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99) };
}

/** The sum of the values divided by their number; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
