import { isoTime } from '../../../emulator-kit/src/clock';
import type { Clock } from '../../../emulator-kit/src/clock';
import { ensureError } from '../../../emulator-kit/src/errors';
import type { Logger } from '../../../emulator-kit/src/logger';
import type { RegisteredFunction } from '../app/function-registry';
import type { RetryContext, TypedData } from '../app/programming-model';
import type { TimerTrigger } from '../app/trigger';
import type { Invoker } from '../invoker';
import { toRetryPolicy } from './retry-policy';
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
  /** How long a claim holds unless it is renewed; a killed host's timer is taken over after that. */
  readonly leaseMs: number;
};

const longestSleepMs = 60 * 60_000;
const outageSleepMs = 500;
const never = '0001-01-01T00:00:00+00:00';

/**
 * Fires one timer. All hosts of an app share its row: the first to claim the due occurrence by compare-and-set runs
 * it, renews the claim while it runs, and then moves the row on to the next occurrence.
 */
export class TimerRunner {
  readonly #options: TimerRunnerOptions;
  readonly #stopping = new AbortController();
  readonly #startedAt: number;
  readonly #isMonitored: boolean;
  #loop: Promise<void> | undefined;
  #firstLook = true;
  #startupDue: boolean;
  #isOut = false;

  constructor(options: TimerRunnerOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#isMonitored = options.trigger.useMonitor ?? options.schedule.monitoredByDefault;
    this.#startupDue = options.trigger.runOnStartup;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Resolves when a run in progress has ended and its claim is given back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
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
    const { clock, schedule, table, hostId, leaseMs } = this.#options;
    const name = this.#options.function.metadata.name;
    const now = clock.now();
    const found = await table.read(name);
    if (!found) {
      const fresh = { last: undefined, lastUpdated: now, owner: '', leaseUntil: now };
      await table.create(name, { ...fresh, schedule: schedule.text, next: schedule.next(now) });
      return 0;
    }
    const { row, etag } = found;
    if (row.leaseUntil > now && row.owner !== hostId) return Math.min(row.leaseUntil - now, 1_000);
    const isStale = this.#firstLook && !this.#isMonitored && row.next < now;
    this.#firstLook = false;
    if (row.schedule !== schedule.text || isStale) {
      const next = schedule.next(now);
      await table.replace(name, { ...row, schedule: schedule.text, next, lastUpdated: now }, etag);
      return 0;
    }
    if (!this.#startupDue && row.next > now) return row.next - now;
    const claimed = { ...row, owner: hostId, leaseUntil: now + leaseMs };
    const claimTag = await table.replace(name, claimed, etag);
    if (claimTag === undefined) return 0;
    const isPastDue = !this.#startupDue && row.next < this.#startedAt;
    this.#startupDue = false;
    await this.#runClaimed(claimed, claimTag, isPastDue);
    return 0;
  }

  async #runClaimed(row: TimerRow, etag: string, isPastDue: boolean): Promise<void> {
    const { clock, schedule, table } = this.#options;
    const done = new AbortController();
    const renewing = this.#renewLease(row, etag, done.signal);
    await this.#invoke(toTimerInput(this.#isMonitored ? row : undefined, isPastDue));
    done.abort();
    const lastTag = await renewing;
    if (lastTag === undefined) return;
    const now = clock.now();
    const next = schedule.next(Math.max(now, row.next));
    const name = this.#options.function.metadata.name;
    const moved = { ...row, last: row.next, next, lastUpdated: now, owner: '', leaseUntil: now };
    await table.replace(name, moved, lastTag);
  }

  /** Keeps the claim alive until `done`; gives the row's ETag, undefined when the claim was lost. */
  async #renewLease(row: TimerRow, etag: string, done: AbortSignal): Promise<string | undefined> {
    const { clock, table, leaseMs, log } = this.#options;
    let tag = etag;
    for (;;) {
      await clock.sleep(leaseMs / 3, done).catch(() => undefined);
      if (done.aborted) return tag;
      try {
        const renewed = { ...row, leaseUntil: clock.now() + leaseMs };
        const newTag = await table.replace(this.#options.function.metadata.name, renewed, tag);
        if (newTag === undefined) {
          log.warn('The claim was lost while the timer ran');
          return undefined;
        }
        tag = newTag;
      } catch (thrown) {
        log.debug('The claim could not be renewed', { error: ensureError(thrown).message });
      }
    }
  }

  /** Runs the function with its retry policy; failures are in the log, the schedule goes on. */
  async #invoke(input: TypedData): Promise<void> {
    const { clock, invoker, trigger } = this.#options;
    const registered = this.#options.function;
    const policy = toRetryPolicy(registered.metadata.retryOptions);
    let exception: RetryContext['exception'];
    for (let retryCount = 0; ; retryCount++) {
      const retry: RetryContext | undefined = policy && {
        retryCount,
        maxRetryCount: policy.maxRetryCount,
        ...(exception && { exception }),
      };
      try {
        await invoker.invoke({
          function: registered,
          bindingName: trigger.bindingName,
          input,
          ...(retry && { retry }),
        });
        return;
      } catch (thrown) {
        exception = { message: ensureError(thrown).message };
      }
      const isLast = !policy || (policy.maxRetryCount !== -1 && retryCount >= policy.maxRetryCount);
      if (isLast || this.#stopping.signal.aborted) return;
      await clock.sleep(policy.delayMs(retryCount + 1), this.#stopping.signal).catch(() => undefined);
    }
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
