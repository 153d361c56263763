import { setImmediate } from 'node:timers/promises';

type Event = { readonly at: number; readonly order: number; readonly happen: () => void };

/** Time that goes from one event to the next, once everything that the last one set off has come to wait. */
export class VirtualTime {
  readonly startedAt: number;
  #now: number;
  #events: Event[] = [];
  #order = 0;

  constructor(
    now: number,
    private readonly onMove: (now: number) => void,
  ) {
    this.startedAt = now;
    this.#now = now;
  }

  get now(): number {
    return this.#now;
  }

  get elapsedMs(): number {
    return this.#now - this.startedAt;
  }

  at(at: number, happen: () => void): void {
    this.#events.push({ at: Math.max(at, this.#now), order: ++this.#order, happen });
  }

  after(ms: number, happen: () => void): void {
    this.at(this.#now + ms, happen);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Until nothing is left to happen, or this many milliseconds from the start. */
  async run(mostMs: number): Promise<void> {
    for (;;) {
      await setImmediate();
      const isBefore = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order);
      const [first, ...others] = this.#events;
      if (first === undefined) return;
      const next = others.reduce((soonest, one) => (isBefore(one, soonest) ? one : soonest), first);
      if (next.at > this.startedAt + mostMs) return;
      this.#events = this.#events.filter((one) => one !== next);
      this.#now = next.at;
      this.onMove(this.#now);
      next.happen();
    }
  }
}
