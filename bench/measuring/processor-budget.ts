/**
 * Processor time as a bucket: it fills with `share` milliseconds a millisecond up to `burstMs` and is emptied by what is
 * used, as the kernel's CPU bandwidth control does with its quota
 * (https://docs.kernel.org/scheduler/sched-bwc.html). A process may run while the bucket is not empty.
 */
export class ProcessorBudget {
  readonly #share: number;
  readonly #burstMs: number;
  #leftMs: number;
  #at: number;
  #used: number;

  /** `now` and `used` (processor time of the process so far) in milliseconds. */
  constructor(share: number, burstMs: number, now: number, used: number) {
    this.#share = share;
    this.#burstMs = burstMs;
    this.#leftMs = burstMs;
    this.#at = now;
    this.#used = used;
  }

  /** Takes what was used since the last call; says whether the process may run on. */
  mayRun(now: number, used: number): boolean {
    const filled = this.#leftMs + (now - this.#at) * this.#share;
    this.#leftMs = Math.min(this.#burstMs, filled) - (used - this.#used);
    this.#at = now;
    this.#used = used;
    return this.#leftMs > 0;
  }
}
