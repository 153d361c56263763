import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ControlApi,
  SyncCounts,
  SyncWave,
  SyncedUser,
  WeekCounts,
  WriteLogEntry,
} from '@auto-licenser/graph-emulator/client';
import type { OutcomeReader } from './outcomes';
import { timing } from '../../shared/kernel/timing';

export type SyncProgress = { readonly users: number; readonly settled: number; readonly writes: number };

export type FollowedSync = SyncWave & {
  readonly outcomes: ReadonlyMap<string, string | null>;
  readonly log: readonly WriteLogEntry[];
  /** False: the deadline came first. */
  readonly isSettled: boolean;
};

/**
 * Brings a directory sync and follows it in Graph's write log and the tables until every joiner has an outcome, every
 * mover and leaver has been decided anew, and the queues have been idle for two looks in a row, or `deadlineMs` has
 * passed.
 */
export async function followSync(
  control: ControlApi,
  outcomes: OutcomeReader,
  options: (SyncCounts | { readonly week: WeekCounts }) & {
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onWrite?: (entry: WriteLogEntry, user: SyncedUser) => void | Promise<void>;
    readonly onProgress?: (progress: SyncProgress) => void;
  },
): Promise<FollowedSync> {
  const { lastWrite: logBefore } = await control.graphState();
  const hasChanges = 'week' in options || (options.movers ?? 0) + (options.leavers ?? 0) > 0;
  const before = hasChanges ? await outcomes.readRows() : undefined;
  const wave = await bring(control, options);
  const { now } = await control.graphState();
  const syncedAt = performance.now();
  const { users } = wave;
  const changed = [...wave.movers, ...wave.leavers].map((user) => ({ ...user, readableAt: now }));
  const byId = new Map([...users, ...changed].map((user) => [user.id.toLowerCase(), user]));
  const countChanged = async (): Promise<number> => {
    if (before === undefined || performance.now() - syncedAt > timing.commands.syncUnconcerned.ms)
      return changed.length;
    const rows = await outcomes.readRows();
    return changed.filter(({ id }) => {
      const row = rows.get(id.toLowerCase());
      return row?.outcome && row.version !== before.get(id.toLowerCase())?.version;
    }).length;
  };
  const log: WriteLogEntry[] = [];
  const deadline = performance.now() + options.deadlineMs;
  let idleLooks = 0;
  for (;;) {
    for (const entry of await control.writeLog(log.at(-1)?.seq ?? logBefore)) {
      log.push(entry);
      const user = byId.get(entry.userId.toLowerCase());
      if (user !== undefined) await options.onWrite?.(entry, user);
    }
    const known = await outcomes.read();
    const settled = users.filter(({ id }) => known.get(id.toLowerCase())).length + (await countChanged());
    options.onProgress?.({ users: byId.size, settled, writes: log.length });
    const isIdle = Object.values(await control.queueCounters()).every(
      ({ active, locked }) => active + locked === 0,
    );
    idleLooks = settled === byId.size && isIdle ? idleLooks + 1 : 0;
    const isSettled = idleLooks >= 2;
    if (isSettled || performance.now() > deadline || options.signal?.aborted) {
      return { ...wave, outcomes: known, log, isSettled };
    }
    await sleep(timing.commands.syncPoll.ms);
  }
}

function bring(control: ControlApi, options: SyncCounts | { readonly week: WeekCounts }): Promise<SyncWave> {
  if ('week' in options) return control.syncWeek(options.week);
  const { users, movers = 0, leavers = 0, seed } = options;
  return control.syncWave({ users, seed, movers, leavers });
}
