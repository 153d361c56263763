import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../shared/kernel/clock';

type Sleeper = { readonly at: number; readonly order: number; readonly wake: () => void };

/** A clock that goes from one sleeper to the next, once everything that the last one set off has come to wait. */
export class EventClock implements Clock {
  #now = 1_000_000;
  #order = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, ms),
        order: ++this.#order,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** Everything that is due until then. */
  async runUntil(until: number): Promise<void> {
    for (;;) {
      await setImmediate();
      let next: Sleeper | undefined;
      for (const one of this.#sleepers) {
        if (next === undefined || one.at < next.at || (one.at === next.at && one.order < next.order))
          next = one;
      }
      if (next === undefined || next.at > until) break;
      this.#sleepers.delete(next);
      this.#now = next.at;
      next.wake();
    }
    this.#now = until;
  }
}
