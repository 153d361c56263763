import type { Clock } from '../../../emulator-kit/src/clock';

/** Something to do at a time. Cancelled by `Deadlines.cancel`; fires at most once. */
export type Deadline = { at: number; index: number; readonly fire: () => void };

/** setTimeout knows 31 bits of milliseconds; a longer wait is taken in pieces. */
const longestSleepMs = 2_000_000_000;

/**
 * All deadlines of a broker (lock expiry, time to live, scheduled messages, waits) in one binary heap with one
 * sleeper on the injected clock. Adding, moving and cancelling cost O(log n), and nothing stale stays behind.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #heap: Deadline[] = [];
  readonly #afterRun: () => void;
  #sleeper: AbortController | undefined;
  #wakesAt = Infinity;
  #isStopped = false;

  /** `afterRun` is called once after each round of due deadlines. */
  constructor(clock: Clock, afterRun: () => void = () => undefined) {
    this.#clock = clock;
    this.#afterRun = afterRun;
  }

  add(at: number, fire: () => void): Deadline {
    const deadline: Deadline = { at, index: this.#heap.length, fire };
    this.#heap.push(deadline);
    this.#up(deadline);
    this.#arm();
    return deadline;
  }

  cancel(deadline: Deadline | undefined): void {
    if (!deadline || deadline.index < 0) return;
    const last = this.#heap.pop();
    if (last && last !== deadline) {
      last.index = deadline.index;
      this.#heap[last.index] = last;
      this.#up(last);
      this.#down(last);
    }
    deadline.index = -1;
  }

  /** Fires what is due now. Called by the sleeper; engines may call it before looking at their state. */
  runDue(): void {
    const now = this.#clock.now();
    let ran = false;
    for (let next = this.#heap[0]; next && next.at <= now; next = this.#heap[0]) {
      this.cancel(next);
      ran = true;
      next.fire();
    }
    if (ran) this.#afterRun();
  }

  stop(): void {
    this.#isStopped = true;
    this.#sleeper?.abort(new Error('stopped'));
    this.#heap.length = 0;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (this.#isStopped || !first || first.at >= this.#wakesAt) return;
    this.#sleeper?.abort(new Error('an earlier deadline'));
    const sleeper = new AbortController();
    this.#sleeper = sleeper;
    const ms = Math.min(Math.max(0, first.at - this.#clock.now()), longestSleepMs);
    this.#wakesAt = this.#clock.now() + ms;
    this.#clock.sleep(ms, sleeper.signal).then(
      () => {
        if (this.#sleeper !== sleeper) return;
        this.#sleeper = undefined;
        this.#wakesAt = Infinity;
        this.runDue();
        this.#arm();
      },
      () => undefined,
    );
  }

  #up(deadline: Deadline): void {
    const heap = this.#heap;
    let index = deadline.index;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || parent.at <= deadline.at) break;
      heap[index] = parent;
      parent.index = index;
      index = parentIndex;
    }
    heap[index] = deadline;
    deadline.index = index;
  }

  #down(deadline: Deadline): void {
    const heap = this.#heap;
    let index = deadline.index;
    for (;;) {
      let childIndex = 2 * index + 1;
      const left = heap[childIndex];
      const right = heap[childIndex + 1];
      if (!left) break;
      const child = right && right.at < left.at ? right : left;
      if (child === right) childIndex++;
      if (child.at >= deadline.at) break;
      heap[index] = child;
      child.index = index;
      index = childIndex;
    }
    heap[index] = deadline;
    deadline.index = index;
  }
}
