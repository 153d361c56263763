import type { Clock } from '../kernel/clock';
import type { Random } from '../kernel/random';

/**
 * One gate for all reads of the process: a Retry-After that one of them is given closes it for the others too, since
 * whatever is asked meanwhile counts against the same limit (https://learn.microsoft.com/graph/throttling). No wait is
 * longer than where Retry-After is read allows (kernel/retry-after.ts).
 */
export class ThrottleGate {
  readonly #clock: Clock;
  readonly #random: Random;
  #openAt = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Milliseconds until it opens; 0: open. */
  remainingMs(): number {
    return Math.max(0, this.#openAt - this.#clock.now());
  }

  pause(ms: number): void {
    this.#openAt = Math.max(this.#openAt, this.#clock.now() + ms);
  }

  /** Resolves when it is open; those who waited leave spread over a fifth of a second, not all at once. */
  async pass(signal?: AbortSignal): Promise<void> {
    for (let remaining = this.remainingMs(); remaining > 0; remaining = this.remainingMs()) {
      await this.#clock.sleep(remaining + Math.round(this.#random() * 200), signal);
    }
  }
}
