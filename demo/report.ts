import type {
  GraphState,
  QueueCounters,
  SyncedUser,
  WriteLogEntry,
} from '@auto-licenser/graph-emulator/client';
import { summarizeTimes, timesToLicensed } from '../rehearsal/judge/times-to-licensed';
import type { TimesToLicensed } from '../rehearsal/judge/times-to-licensed';

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
  readonly timeToLicensedMs: TimesToLicensed;
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
    timeToLicensedMs: summarizeTimes(times),
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
