import type { Random } from '../../../shared/kernel/random';

/** Shares of calls or deliveries that go wrong, 0 to 1. */
export type Faults = {
  /** Reads of Graph. */
  readonly reads: number;
  /** Writes to Graph: refused for a moment, or without an answer, before or after they took effect. */
  readonly writes: number;
  /** Calls of the tables, before or after they took effect. */
  readonly tables: number;
  /** Sends to a queue, before or after they took effect. */
  readonly queues: number;
  /** Messages whose host dies while it handles them. */
  readonly kills: number;
  /** Messages that are delivered again while they are still handled. */
  readonly lostLocks: number;
  /** The furthest a replica of the directory is behind, milliseconds. */
  readonly lagMs: number;
};

/** Each kind of fault is there in half of the seeds. */
export function drawFaults(random: Random): Faults {
  const some = (most: number) => (random() < 0.5 ? 0 : random() * most);
  return {
    reads: some(0.2),
    writes: some(0.4),
    tables: some(0.1),
    queues: some(0.1),
    kills: some(0.2),
    lostLocks: some(0.2),
    lagMs: some(8_000),
  };
}

/** Where every choice of a simulation comes from, so that a seed repeats it. */
export class Trouble {
  isOver = false;

  constructor(
    readonly random: Random,
    readonly faults: Faults,
  ) {}

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** The same, until trouble is over. */
  strikes(share: number): boolean {
    return this.chance(share) && !this.isOver;
  }

  between(fromMs: number, toMs: number): number {
    return fromMs + Math.round(this.random() * (toMs - fromMs));
  }
}
