import { setTimeout as pause } from 'node:timers/promises';

type Sleeper = { readonly at: number; readonly wake: () => void };

/** A clock that stands still and jumps, on demand, to when the next sleeper wakes. */
export class MovedClock {
  #now = Date.now();
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        signal?.removeEventListener('abort', onAbort);
      };
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        wake: () => {
          leave();
          resolve();
        },
      };
      const onAbort = () => {
        leave();
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) {
        onAbort();
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.push(sleeper);
    });
  }

  /** When the next sleeper wakes; Infinity: none sleeps. */
  next(): number {
    return Math.min(...this.#sleepers.map(({ at }) => at));
  }

  /** To the next sleeper, who wakes, with those of the same time. */
  jump(): void {
    this.#now = Math.max(this.#now, this.next());
    for (const { at, wake } of [...this.#sleepers]) if (at <= this.#now) wake();
  }

  /**
   * Until at least `count` sleep and `isStill`.
   * @throws Error after two minutes
   */
  async whenAsleep(count: number, isStill: () => boolean, say = () => ''): Promise<void> {
    const deadline = performance.now() + 120_000;
    while (this.#sleepers.length < count || !isStill()) {
      if (performance.now() > deadline)
        throw new Error(`${this.#sleepers.length} of ${count} timers sleep; ${say()}`);
      await pause(1);
    }
  }
}
