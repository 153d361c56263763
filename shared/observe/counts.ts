/** How often something happened, by name; names of levels, such as `users.licensed`, also count down. */
export type Counts = Readonly<Record<string, number>>;

/** Names of counters. Each ends with what it is about; docs/architecture.md lists them. */
export const counterNames = {
  /** Hints that were sent, by source. */
  hints: (source: string) => `hints.${source}`,
  decided: 'decided',
  written: 'written',
  throttled: 'throttled',
  refused: (refusal: string) => `refused.${refusal}`,
  failed: (failure: string) => `failed.${failure}`,
  /** A level: users of this outcome. */
  users: (outcome: string) => `users.${outcome}`,
  /** A level: users who wait for a seat of this SKU. */
  waiting: (skuId: string) => `waiting.${skuId}`,
  /** News of users, by the source that brought it first. */
  found: (source: string) => `found.${source}`,
  /** News that a faster source should have told, by that source. */
  gaps: (source: string) => `gaps.${source}`,
  time: (stage: string, ms: number) => `time.${stage}.${String(bucketOf(ms))}`,
} as const;

/** Each bucket of times ends a twentieth later than the one before, so a percentile is right within 5 %. */
const growth = 1.05;

function bucketOf(ms: number): number {
  return ms <= 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(growth));
}

/** The end of a bucket, milliseconds. */
export function endOfBucket(bucket: number): number {
  return Math.round(growth ** bucket);
}

/** Adds counts up; names whose sum is 0 are left out. */
export function sumCounts(all: Iterable<Counts>): Counts {
  const sums = new Map<string, number>();
  for (const counts of all) {
    for (const [name, by] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + by);
  }
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0));
}

/** The counts whose name begins with `<group>.`, by what follows. */
export function countsOf(counts: Counts, group: string): Counts {
  const start = `${group}.`;
  return Object.fromEntries(
    Object.entries(counts)
      .filter(([name]) => name.startsWith(start))
      .map(([name, count]) => [name.slice(start.length), count]),
  );
}

/** Of one stage, from its buckets: how many users, and within which time a part of them had it (nearest rank). */
export function timesOf(counts: Counts, stage: string) {
  const buckets = Object.entries(countsOf(counts, `time.${stage}`))
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b);
  const users = buckets.reduce((sum, [, count]) => sum + count, 0);
  const within = (share: number) => {
    let left = Math.ceil(users * share);
    for (const [bucket, count] of buckets) {
      left -= count;
      if (left <= 0) return endOfBucket(bucket);
    }
    return null;
  };
  return users === 0
    ? { users: 0, p50: null, p95: null, p99: null }
    : { users, p50: within(0.5), p95: within(0.95), p99: within(0.99) };
}
