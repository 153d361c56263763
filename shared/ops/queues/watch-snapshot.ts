import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { listPauses } from '../pauses/list-pauses';
import type { PauseView } from '../pauses/list-pauses';
import { queueStatus } from './queue-status';
import type { QueueView } from './queue-status';

/** What the users' rows say, at one time. */
export type UserCounts = {
  /** ISO 8601. */
  readonly at: string;
  readonly users: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Decided, and their operation is on its way. */
  readonly underWay: number;
  /** A write to Graph is under way. */
  readonly inFlight: number;
  /** Writes begun since the app began. */
  readonly writes: number;
};

export type WatchSnapshot = {
  /** ISO 8601. */
  readonly at: string;
  readonly queues: readonly QueueView[];
  readonly pauses: readonly PauseView[];
  readonly failures: number;
  readonly users: UserCounts;
  /** Between the last two counts of the users' rows; null: there was only one so far. */
  readonly writesPerSecond: number | null;
};

/** Counting reads every user's row, so it takes at most a tenth of the time. */
const countShare = 10;

/** Answers one snapshot after the other; users are counted less often where that takes long. */
export function makeWatch(
  pipeline: Pick<Services, 'users' | 'failures' | 'control' | 'clock'>,
  inspector: QueueInspector,
): () => Promise<WatchSnapshot> {
  const { clock } = pipeline;
  let counted: { readonly counts: UserCounts; readonly at: number; readonly next: number } | undefined;
  let writesPerSecond: number | null = null;
  const countNow = async (): Promise<UserCounts> => {
    const at = clock.now();
    if (counted !== undefined && at < counted.next) return counted.counts;
    const counts = await countUsers(pipeline);
    const took = clock.now() - at;
    if (counted !== undefined && at > counted.at) {
      writesPerSecond = Math.max(0, ((counts.writes - counted.counts.writes) * 1_000) / (at - counted.at));
    }
    counted = { counts, at, next: at + took * countShare };
    return counts;
  };
  return async () => {
    const at = isoTime(clock.now());
    const [queues, pauses, failures, users] = await Promise.all([
      queueStatus(inspector, clock),
      listPauses(pipeline),
      countFailures(pipeline),
      countNow(),
    ]);
    return { at, queues, pauses, failures, users, writesPerSecond };
  };
}

async function countUsers({ users, clock }: Pick<Services, 'users' | 'clock'>): Promise<UserCounts> {
  const outcomes: Record<string, number> = {};
  const counts = { users: 0, underWay: 0, inFlight: 0, writes: 0 };
  const at = isoTime(clock.now());
  for await (const { state } of users.list()) {
    counts.users++;
    counts.writes += state.tries;
    if (state.intent !== null) counts.inFlight++;
    if (state.outcome === null) counts.underWay++;
    else outcomes[state.outcome] = (outcomes[state.outcome] ?? 0) + 1;
  }
  return { at, outcomes, ...counts };
}

async function countFailures({ failures }: Pick<Services, 'failures'>): Promise<number> {
  let open = 0;
  for await (const _ of failures.list('open')) open++;
  return open;
}
