/** Milliseconds; null where no user was licensed: 0 would say that all were at once. */
export type TimesToLicensed = {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
};

/** What of an entry of Graph's write log is looked at. */
type LoggedWrite = {
  readonly at: number;
  readonly kind: string;
  readonly userId: string | null;
  readonly status: number;
  readonly effective: boolean;
  readonly add?: readonly unknown[];
};

/** The nearest-rank percentile of sorted figures; 0 when there are none. */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[Math.min(rank, sorted.length) - 1] ?? 0;
}

/**
 * From when a user became readable in the tenant to when Graph committed the first license of theirs, milliseconds,
 * ascending; both times are the embedded Graph's own.
 */
export function timesToLicensed(
  users: readonly { readonly id: string; readonly readableAt: number }[],
  log: Iterable<LoggedWrite>,
): readonly number[] {
  const readableAt = new Map(users.map((user) => [user.id.toLowerCase(), user.readableAt]));
  const first = new Map<string, number>();
  for (const entry of log) {
    const userId = (entry.userId ?? '').toLowerCase();
    const isLicensing =
      entry.kind === 'assignLicense' &&
      entry.effective &&
      entry.status === 200 &&
      (entry.add ?? []).length > 0;
    if (isLicensing && readableAt.has(userId) && !first.has(userId)) first.set(userId, entry.at);
  }
  return [...first].map(([userId, at]) => at - (readableAt.get(userId) ?? at)).sort((a, b) => a - b);
}

/** @param times milliseconds, ascending */
export function summarizeTimes(times: readonly number[]): TimesToLicensed {
  if (times.length === 0) return { p50: null, p95: null, p99: null, max: null };
  return {
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    p99: percentile(times, 0.99),
    max: times.at(-1) ?? null,
  };
}
