import type { Clock } from '../../../emulator-kit/src/clock';
import { TaskQueue } from './task-queue';

/** setTimeout takes at most a 32-bit signed number of milliseconds. */
const longestTimer = 2_147_483_647;
const shortestTimer = 5;

/**
 * The emulator's clock: the given clock plus what has been skipped. Everything that happens later in the tenant is a
 * task of this clock, so that `advance` brings it about at once and in order.
 */
export class LocalClock implements Clock {
  private skipped = 0;
  private readonly tasks = new TaskQueue();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Infinity;
  private stopped = false;

  constructor(private readonly base: Pick<Clock, 'now'>) {}

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
    clearTimeout(this.timer);
  }

  private wake(): void {
    clearTimeout(this.timer);
    this.timerAt = this.tasks.nextAt ?? Infinity;
    if (this.stopped || this.timerAt === Infinity) return;
    // Tasks that fall due within a few milliseconds share one wake-up.
    const delay = Math.min(longestTimer, Math.max(shortestTimer, this.timerAt - this.now()));
    this.timer = setTimeout(() => {
      this.timerAt = Infinity;
      this.runDue();
      this.wake();
    }, delay);
    this.timer.unref();
  }
}
