import type { Clock } from '../../../emulator-kit/src/clock';
import { TaskQueue } from '../../../emulator-kit/src/task-queue';

/** setTimeout takes at most a 32-bit signed number of milliseconds. */
const longestTimer = 2_147_483_647;
const shortestTimer = 5;

/** Runs something in `ms` milliseconds; the answer calls it off. */
export type Later = (ms: number, run: () => void) => () => void;

const onTimer: Later = (ms, run) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/**
 * The emulator's clock: the given clock plus what has been skipped. Everything that happens later in the tenant is a
 * task of this clock, so that `advance` brings it about at once and in order.
 */
export class LocalClock implements Clock {
  private skipped = 0;
  private readonly tasks = new TaskQueue();
  private cancelWake: (() => void) | undefined;
  private timerAt = Infinity;
  private stopped = false;

  /** `later`: has something run in so many milliseconds of `base`; its answer calls it off. Default: a timer of node's. */
  constructor(
    private readonly base: Pick<Clock, 'now'>,
    private readonly later: Later = onTimer,
  ) {}

  now(): number {
    return this.base.now() + this.skipped;
  }

  /** Runs `run` at `at` (milliseconds since 1970); the answer cancels it. */
  schedule(at: number, run: () => void): () => void {
    const task = this.tasks.add(at, run);
    if (at < this.timerAt) this.wake();
    return () => {
      task.run = undefined;
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.schedule(this.now() + ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves time on by `ms`, running on the way what falls due, each task at its own time. */
  advance(ms: number): void {
    const until = this.now() + ms;
    for (let next = this.tasks.nextAt; next !== undefined && next <= until; next = this.tasks.nextAt) {
      const now = this.now();
      if (next > now) this.skipped += next - now;
      this.runDue();
    }
    const now = this.now();
    if (until > now) this.skipped += until - now;
    this.wake();
  }

  /** Runs what is due by now. */
  runDue(): void {
    for (let task = this.tasks.takeDue(this.now()); task; task = this.tasks.takeDue(this.now())) {
      task.run?.();
    }
  }

  stop(): void {
    this.stopped = true;
    this.cancelWake?.();
  }

  private wake(): void {
    this.cancelWake?.();
    this.timerAt = this.tasks.nextAt ?? Infinity;
    if (this.stopped || this.timerAt === Infinity) return;
    // Tasks that fall due within a few milliseconds share one wake-up.
    const delay = Math.min(longestTimer, Math.max(shortestTimer, this.timerAt - this.now()));
    this.cancelWake = this.later(delay, () => {
      this.timerAt = Infinity;
      this.runDue();
      this.wake();
    });
  }
}
