import { isoTime, noLongerNeeded } from '../../../emulator-kit/src/clock';
import type { Clock } from '../../../emulator-kit/src/clock';
import { ensureError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import type { RegisteredFunction } from '../app/function-registry';
import type { TypedData } from '../app/programming-model';
import type { TimerTrigger } from '../app/trigger';
import { invokeWithRetries } from '../invoke-with-retries';
import type { Invoker } from '../invoker';
import type { Schedule } from './schedule';
import type { TimerRow, TimerRows } from './timer-table';

export type TimerRunnerOptions = {
  readonly function: RegisteredFunction;
  readonly trigger: TimerTrigger;
  readonly schedule: Schedule;
  readonly table: TimerRows;
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Unique per host process. */
  readonly hostId: string;
  /** How long the lock holds unless it is renewed, and when other hosts look whether it is free. */
  readonly takeOver: TakeOver;
};

/** Milliseconds. */
export type TakeOver = {
  /** How long a host keeps the timer without renewing its lock; a killed host keeps it until then. */
  readonly lockMs: number;
  /** How long a host that found the timer locked waits before it looks again. */
  readonly pollMs: number;
};

const longestSleepMs = 60 * 60_000;
const outageSleepMs = 500;
const never = '0001-01-01T00:00:00+00:00';

/**
 * Fires one timer. One host at a time has the timer's lock, renews it and runs what is due; the others look from time
 * to time whether it is free, as the listener locks of Azure work. All is in one row, changed by compare-and-set.
 * Source: Azure/azure-webjobs-sdk, src/Microsoft.Azure.WebJobs.Host/Singleton/SingletonListener.cs;
 * Azure/azure-webjobs-sdk-extensions, src/WebJobs.Extensions/Extensions/Timers/Listener/TimerListener.cs.
 */
export class TimerRunner {
  readonly #options: TimerRunnerOptions;
  readonly #name: string;
  readonly #stopping = new AbortController();
  readonly #isMonitored: boolean;
  #loop: Promise<void> | undefined;
  #startupDue: boolean;
  /** The occurrence that was missed before this host got the lock. */
  #pastDue: number | undefined;
  #isOut = false;

  constructor(options: TimerRunnerOptions) {
    this.#options = options;
    this.#name = options.function.metadata.name;
    this.#isMonitored = options.trigger.useMonitor ?? options.schedule.monitoredByDefault;
    this.#startupDue = options.trigger.runOnStartup;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Gives the lock back at once, and resolves when a run in progress has ended: another host may run beside it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#giveBack().catch((thrown: unknown) =>
      this.#options.log.debug('The lock of a timer could not be given back', {
        error: ensureError(thrown).message,
      }),
    );
    await this.#loop;
  }

  /** Runs the function now, whatever the schedule says. */
  async runByHand(): Promise<void> {
    const { clock, schedule } = this.#options;
    const now = clock.now();
    await this.#invoke(toTimerInput({ last: undefined, next: schedule.next(now), lastUpdated: now }, false));
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        waitMs = await this.#step();
        if (this.#isOut) log.info('The timer has its table again');
        this.#isOut = false;
      } catch (thrown) {
        if (!this.#isOut) log.warn('The timer waits for its table', { error: ensureError(thrown).message });
        this.#isOut = true;
        waitMs = outageSleepMs;
      }
      if (waitMs > 0) await clock.sleep(Math.min(waitMs, longestSleepMs), signal).catch(() => undefined);
    }
  }

  /** One look at the row; gives how long to wait before the next, milliseconds. */
  async #step(): Promise<number> {
    const { clock, schedule, table, hostId, takeOver } = this.#options;
    const now = clock.now();
    const found = await table.read(this.#name);
    if (!found) {
      const fresh = { last: undefined, lastUpdated: now, owner: '', leaseUntil: now };
      await table.create(this.#name, { ...fresh, schedule: schedule.text, next: schedule.next(now) });
      return 0;
    }
    const { row, etag } = found;
    if (row.owner !== hostId) {
      if (row.owner !== '' && row.leaseUntil > now) return takeOver.pollMs;
      await this.#take(row, etag, now);
      return 0;
    }
    const isDue = this.#startupDue || row.next <= now;
    const renewInMs = row.leaseUntil - takeOver.lockMs / 2 - now;
    if (!isDue && renewInMs > 0) return Math.min(row.next - now, renewInMs);
    const renewed = { ...row, leaseUntil: now + takeOver.lockMs };
    const tag = await table.replace(this.#name, renewed, etag);
    if (isDue && tag !== undefined && !this.#stopping.signal.aborted) await this.#runLocked(renewed, tag);
    return 0;
  }

  /** Takes the free lock. What was missed meanwhile runs at once when the timer is monitored, else it is skipped. */
  async #take(row: TimerRow, etag: string, now: number): Promise<void> {
    const { schedule, table, hostId, takeOver } = this.#options;
    const isOther = row.schedule !== schedule.text;
    const isMissed = row.next < now && !isOther;
    const next = isOther || (isMissed && !this.#isMonitored) ? schedule.next(now) : row.next;
    const taken = { ...row, schedule: schedule.text, next, owner: hostId, leaseUntil: now + takeOver.lockMs };
    const tag = await table.replace(this.#name, taken, etag);
    if (tag !== undefined && isMissed && this.#isMonitored) this.#pastDue = row.next;
  }

  /** As in Azure the next occurrence is counted from the start: a run that took too long is followed by one at once. */
  async #runLocked(row: TimerRow, etag: string): Promise<void> {
    const { clock, schedule, table, takeOver } = this.#options;
    const isPastDue = !this.#startupDue && this.#pastDue === row.next;
    this.#startupDue = false;
    this.#pastDue = undefined;
    const startedAt = clock.now();
    const done = new AbortController();
    const renewing = this.#renewLock(row, etag, AbortSignal.any([done.signal, this.#stopping.signal]));
    await this.#invoke(toTimerInput(this.#isMonitored ? row : undefined, isPastDue));
    done.abort(noLongerNeeded);
    const lastTag = await renewing;
    const ran = {
      last: row.next,
      next: schedule.next(Math.max(startedAt, row.next)),
      lastUpdated: clock.now(),
    };
    if (this.#stopping.signal.aborted) return this.#recordAfterStop(ran);
    if (lastTag === undefined) return;
    await table.replace(this.#name, { ...row, ...ran, leaseUntil: clock.now() + takeOver.lockMs }, lastTag);
  }

  /** Keeps the lock until `done`; gives the row's ETag, undefined when the lock was lost. */
  async #renewLock(row: TimerRow, etag: string, done: AbortSignal): Promise<string | undefined> {
    const { clock, table, takeOver, log } = this.#options;
    let tag = etag;
    for (;;) {
      await clock.sleep(takeOver.lockMs / 3, done).catch(() => undefined);
      if (done.aborted) return tag;
      try {
        const renewed = { ...row, leaseUntil: clock.now() + takeOver.lockMs };
        const newTag = await table.replace(this.#name, renewed, tag);
        if (newTag === undefined) {
          log.warn('The lock of the timer was lost while it ran');
          return undefined;
        }
        tag = newTag;
      } catch (thrown) {
        log.debug('The lock of the timer could not be renewed', { error: ensureError(thrown).message });
      }
    }
  }

  async #giveBack(): Promise<void> {
    const { hostId } = this.#options;
    await this.#change((row) => (row.owner === hostId ? { ...row, owner: '', leaseUntil: 0 } : undefined));
  }

  /** The lock is free by now, and another host may have moved the row on. */
  async #recordAfterStop(ran: Pick<TimerRow, 'last' | 'next' | 'lastUpdated'>): Promise<void> {
    await this.#change((row) => (row.next < ran.next ? { ...row, ...ran } : undefined));
  }

  /** Compare-and-set, tried again when the row was changed meanwhile; `change` gives undefined for no change. */
  async #change(change: (row: TimerRow) => TimerRow | undefined): Promise<void> {
    const { table } = this.#options;
    for (let attempt = 0; attempt < 5; attempt++) {
      const found = await table.read(this.#name);
      const changed = found && change(found.row);
      if (!found || !changed) return;
      if ((await table.replace(this.#name, changed, found.etag)) !== undefined) return;
    }
  }

  /** Runs the function with its retry policy; failures are in the log, the schedule goes on. */
  async #invoke(input: TypedData): Promise<void> {
    const { clock, invoker, trigger } = this.#options;
    await invokeWithRetries(
      { function: this.#options.function, bindingName: trigger.bindingName, input },
      { clock, invoker, stopping: this.#stopping.signal },
    );
  }
}

/** The timer's input as the .NET host sends it; `status` is undefined for a timer that is not monitored. */
function toTimerInput(
  status: { last: number | undefined; next: number; lastUpdated: number } | undefined,
  isPastDue: boolean,
): TypedData {
  const scheduleStatus = status && {
    Last: status.last === undefined ? never : isoTime(status.last),
    Next: isoTime(status.next),
    LastUpdated: isoTime(status.lastUpdated),
  };
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: scheduleStatus ?? null,
      IsPastDue: isPastDue,
    }),
  };
}
