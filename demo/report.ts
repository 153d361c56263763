import type {
  GraphState,
  QueueCounters,
  SyncedUser,
  WriteLogEntry,
} from '@auto-licenser/graph-emulator/client';

/** The demo's JSON (contract). `users` = the outcomes' sum; `lost` = users without any outcome. */
export type DemoReport = {
  readonly users: number;
  readonly licensed: number;
  readonly nothing: number;
  readonly waiting: number;
  readonly blocked: number;
  readonly held: number;
  readonly failed: number;
  readonly outOfScope: number;
  readonly lost: number;
  readonly timeToLicensedMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly graph: GraphState['counters'];
  readonly queue: {
    readonly sent: number;
    readonly completed: number;
    readonly retried: number;
    readonly deadLettered: number;
  };
  readonly wallMs: number;
};

const counted = ['licensed', 'nothing', 'waiting', 'blocked', 'held', 'failed', 'outOfScope'] as const;

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
  users: readonly SyncedUser[],
  log: readonly WriteLogEntry[],
): readonly number[] {
  const readableAt = new Map(users.map((user) => [user.id.toLowerCase(), user.readableAt]));
  const first = new Map<string, number>();
  for (const entry of log) {
    const userId = entry.userId.toLowerCase();
    const isLicensing =
      entry.kind === 'assignLicense' &&
      entry.effective &&
      entry.status === 200 &&
      (entry.add ?? []).length > 0;
    if (isLicensing && readableAt.has(userId) && !first.has(userId)) first.set(userId, entry.at);
  }
  return [...first].map(([userId, at]) => at - (readableAt.get(userId) ?? at)).sort((a, b) => a - b);
}

/** What the tables, the write log and the broker say, put together. An outcome in the tables counts as licensed only when the write log confirms it. */
export function makeReport(facts: {
  readonly users: readonly SyncedUser[];
  readonly outcomes: ReadonlyMap<string, string | null>;
  readonly log: readonly WriteLogEntry[];
  readonly graph: GraphState['counters'];
  readonly queues: Readonly<Record<string, QueueCounters>>;
  readonly wallMs: number;
}): DemoReport {
  const { users, outcomes, log, graph, queues, wallMs } = facts;
  const written = new Set(
    log
      .filter((entry) => entry.kind === 'assignLicense' && entry.effective && entry.status === 200)
      .map((entry) => entry.userId.toLowerCase()),
  );
  const counts = Object.fromEntries(counted.map((outcome) => [outcome, 0])) as Record<
    (typeof counted)[number],
    number
  >;
  let lost = 0;
  for (const { id } of users) {
    const outcome = counted.find((one) => one === outcomes.get(id.toLowerCase()));
    // "licensed" that Graph's write log does not know is no outcome.
    if (outcome === undefined || (outcome === 'licensed' && !written.has(id.toLowerCase()))) lost++;
    else counts[outcome]++;
  }
  const times = timesToLicensed(users, log);
  const sum = (pick: (counters: QueueCounters) => number) =>
    Object.values(queues).reduce((total, counters) => total + pick(counters), 0);
  return {
    users: users.length,
    ...counts,
    lost,
    timeToLicensedMs: {
      p50: percentile(times, 0.5),
      p95: percentile(times, 0.95),
      p99: percentile(times, 0.99),
      max: times.at(-1) ?? 0,
    },
    graph,
    queue: {
      sent: sum(({ sent }) => sent),
      completed: sum(({ completed }) => completed),
      retried: sum(({ abandoned, lockLost }) => abandoned + lockLost),
      deadLettered: sum(({ deadLettered }) => deadLettered),
    },
    wallMs,
  };
}
