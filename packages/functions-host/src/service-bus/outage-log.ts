import type { Logger } from '../../../emulator-kit/src/logger';

/** Says once that the broker is away and once that it is back, however often the attempts in between fail. */
export class OutageLog {
  readonly #log: Logger;
  #isOut = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  fails(error: Error): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#log.warn('Service Bus cannot be reached; trying again until it answers', { error: error.message });
  }

  works(): void {
    if (!this.#isOut) return;
    this.#isOut = false;
    this.#log.info('Service Bus answers again');
  }
}
