import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlApi, SyncedUser, WriteLogEntry } from './control-api';
import type { OutcomeReader } from './outcomes';

export type SyncProgress = { readonly users: number; readonly settled: number; readonly writes: number };

export type FollowedSync = {
  readonly users: readonly SyncedUser[];
  readonly outcomes: ReadonlyMap<string, string | null>;
  readonly log: readonly WriteLogEntry[];
  /** False: the deadline came first. */
  readonly isSettled: boolean;
};

const pollMs = 300;

/**
 * Brings a directory sync and follows it in Graph's write log and the tables until every user has an outcome and
 * the queues have been idle for two looks in a row, or `deadlineMs` has passed.
 */
export async function followSync(
  control: ControlApi,
  outcomes: OutcomeReader,
  options: {
    readonly users: number;
    readonly seed: number;
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
    readonly onWrite?: (entry: WriteLogEntry, user: SyncedUser) => void;
    readonly onProgress?: (progress: SyncProgress) => void;
  },
): Promise<FollowedSync> {
  const logBefore = (await control.writeLog(0)).at(-1)?.seq ?? 0;
  const users = await control.sync({ users: options.users, seed: options.seed });
  const byId = new Map(users.map((user) => [user.id.toLowerCase(), user]));
  const log: WriteLogEntry[] = [];
  const deadline = performance.now() + options.deadlineMs;
  let idleLooks = 0;
  for (;;) {
    for (const entry of await control.writeLog(log.at(-1)?.seq ?? logBefore)) {
      log.push(entry);
      const user = byId.get(entry.userId.toLowerCase());
      if (user !== undefined) options.onWrite?.(entry, user);
    }
    const known = await outcomes.read();
    const settled = users.filter(({ id }) => known.get(id.toLowerCase())).length;
    options.onProgress?.({ users: users.length, settled, writes: log.length });
    const isIdle = Object.values(await control.queueCounters()).every(
      ({ active, locked }) => active + locked === 0,
    );
    idleLooks = settled === users.length && isIdle ? idleLooks + 1 : 0;
    const isSettled = idleLooks >= 2;
    if (isSettled || performance.now() > deadline || options.signal?.aborted) {
      return { users, outcomes: known, log, isSettled };
    }
    await sleep(pollMs);
  }
}
