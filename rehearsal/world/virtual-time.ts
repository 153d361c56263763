import { TaskQueue } from '../../packages/emulator-kit/src/task-queue';
import type { Clock } from '../../shared/kernel/clock';
import { ensureError } from '../../shared/kernel/errors';

/**
 * Events for each round of Node's event loop, which costs more than most of them. Before each one whatever waits for no
 * time at all has its turn: Node empties the queues of ticks and promises after every single callback of setImmediate.
 */
const turnsAtOnce = 64;

/** Time that goes from one event to the next, once everything that the last one set off has come to wait. */
export class VirtualTime {
  readonly startedAt: number;
  /** The same time, as the product takes it. */
  readonly clock: Clock = {
    now: () => this.#now,
    sleep: (ms, signal) => this.sleep(ms, signal),
  };
  readonly #events = new TaskQueue();
  readonly #onMove: (now: number) => void;
  #now: number;

  /** @param now milliseconds since 1970 */
  constructor(now: number, onMove: (now: number) => void = () => undefined) {
    this.startedAt = now;
    this.#now = now;
    this.#onMove = onMove;
  }

  get now(): number {
    return this.#now;
  }

  get elapsedMs(): number {
    return this.#now - this.startedAt;
  }

  /** Has this happen at `at` (milliseconds since 1970; now, if that is past). The answer calls it off. */
  at(at: number, happen: () => void): () => void {
    const event = this.#events.add(Math.max(at, this.#now), happen);
    return () => {
      event.run = undefined;
    };
  }

  after(ms: number, happen: () => void): () => void {
    return this.at(this.#now + ms, happen);
  }

  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        callOff();
        reject(signal?.reason as Error);
      };
      const callOff = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Until nothing is left to happen, or this many milliseconds from the start. @throws what an event throws */
  run(mostMs: number): Promise<void> {
    const last = this.startedAt + mostMs;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const turn = () => {
        if (isOver) return;
        try {
          const happen = this.#next(last);
          if (happen !== undefined) {
            happen();
            return;
          }
          isOver = true;
          resolve();
        } catch (thrown) {
          isOver = true;
          reject(ensureError(thrown));
        }
      };
      const turns = () => {
        for (let left = turnsAtOnce; left > 0; left--) setImmediate(turn);
        setImmediate(() => {
          if (!isOver) turns();
        });
      };
      turns();
    });
  }

  /** Moves to the next event that is not called off; undefined: there is none until `last`. */
  #next(last: number): (() => void) | undefined {
    for (;;) {
      const at = this.#events.nextAt;
      if (at === undefined || at > last) return undefined;
      const event = this.#events.takeDue(at);
      if (event?.run === undefined) continue;
      this.#now = at;
      this.#onMove(at);
      return event.run;
    }
  }
}
