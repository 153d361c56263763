import { ConcurrencyError, UserError, ensureError } from '../../shared/kernel/errors';
import type { Logger } from '../../shared/kernel/logger';
import { requestNightlyCensus } from '../../shared/pipeline/census/find-next-census';
import { doDueWork } from '../../shared/pipeline/due/do-due-work';
import { wakeDueWork, wakeWhile } from '../../shared/pipeline/due/wake-due-work';
import { runMaintenance } from '../../shared/pipeline/handlers/return-dead-letters';
import { followChanges } from '../../shared/pipeline/intake/follow-changes';
import { forgetOld } from '../../shared/pipeline/retention/forget-old';
import type { Task } from '../../shared/pipeline/task';
import type { DueWork } from '../../shared/queue/due-work';
import type { Hosts } from './hosts';
import type { VirtualTime } from './virtual-time';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The defaults of the schedules (shared/config/schedules.ts): how often, and how long after the full period. */
const schedules = {
  delta: { everyMs: 15 * second, offsetMs: 0 },
  deadLetters: { everyMs: 5 * minute, offsetMs: 30 * second },
  census: { everyMs: 24 * hour, offsetMs: 2.5 * hour },
} as const;

/** An idle round of the delta timer reads an empty page: while nothing happens, one in this time is enough. */
const idleRoundMs = 5 * minute;
/** How long the message is on its way that starts work which is due. */
const wakeMs = 40;

const works: readonly DueWork[] = ['rollouts', 'waiting-list', 'census-walk'];

/**
 * The timers of functions/, one run of each at a time. `observe` is left out: it watches for people. Rounds of the deltas
 * that would find nothing are left out too: while no message is handled and the tenant has not changed since the last
 * round, there is one every five minutes.
 */
export class Timers {
  #running = 0;
  #isOver = false;
  #last = { activity: -1, at: -Infinity };

  constructor(
    private readonly time: VirtualTime,
    private readonly hosts: Hosts,
    private readonly logger: Logger,
    private readonly world: {
      /** Grows with everything that happens. */
      readonly activity: () => number;
      readonly isQuiet: () => boolean;
    },
  ) {}

  get areQuiet(): boolean {
    return this.#running === 0;
  }

  start(): void {
    const { delta, deadLetters, census } = schedules;
    this.#every(delta, 'users-delta', () => (this.#isWorthARound() ? this.#followAndWake() : undefined));
    this.#every(deadLetters, 'dead-letters', (task) => runMaintenance(this.hosts.timers, task));
    this.#every(census, 'census', (task) => this.#nightly(task));
  }

  stop(): void {
    this.#isOver = true;
  }

  #isWorthARound(): boolean {
    const activity = this.world.activity();
    const isIdle = this.world.isQuiet() && this.areIdle && activity === this.#last.activity;
    if (isIdle && this.time.now - this.#last.at < idleRoundMs) return false;
    this.#last = { activity, at: this.time.now };
    return true;
  }

  /** No work but the round that asks. */
  private get areIdle(): boolean {
    return this.#running <= 1;
  }

  async #followAndWake(): Promise<void> {
    const { timers } = this.hosts;
    const task: Task = { logger: this.logger };
    const wake = () => wakeDueWork(timers, task, works, async (work, holder) => this.#wake(work, holder));
    await wakeWhile(timers, () => followChanges(timers, task, this.time.clock), wake);
  }

  async #nightly(task: Task): Promise<void> {
    await requestNightlyCensus(this.hosts.timers);
    await forgetOld(this.hosts.timers, task);
  }

  #wake(work: DueWork, holder: string): void {
    this.#running++;
    this.time.after(wakeMs, () => {
      void doDueWork(this.hosts.operations, { logger: this.logger }, { work, holder })
        .catch((error: unknown) => this.#note(work, error))
        .finally(() => this.#running--);
    });
  }

  #every(
    { everyMs, offsetMs }: { readonly everyMs: number; readonly offsetMs: number },
    name: string,
    work: (task: Task) => Promise<void> | undefined,
  ): void {
    let isRunning = false;
    const next = () => {
      const { now } = this.time;
      const at = Math.floor((now - offsetMs) / everyMs) * everyMs + everyMs + offsetMs;
      this.time.at(at, tick);
    };
    const tick = () => {
      if (this.#isOver) return;
      next();
      if (isRunning) return;
      isRunning = true;
      this.#running++;
      void Promise.resolve(work({ logger: this.logger }))
        .catch((error: unknown) => this.#note(name, error))
        .finally(() => {
          isRunning = false;
          this.#running--;
        });
    };
    next();
  }

  /** As the triggers take it: what another process does, or a person must fix, is no failed run. */
  #note(name: string, thrown: unknown): void {
    if (thrown instanceof ConcurrencyError) return;
    const error = ensureError(thrown);
    if (thrown instanceof UserError) this.logger.error('Not possible until it is fixed', { name, error });
    else this.logger.error('A timer failed; its next run goes on', { name, error });
  }
}
