import type { Logger } from '../../../emulator-kit/src/logger';

/** Says once that the broker is away and once that it is back, however often the attempts in between fail. */
export class OutageLog {
  readonly #log: Logger;
  readonly #what: string;
  #isOut = false;

  /** @param what begins the sentences of the log */
  constructor(log: Logger, what = 'Service Bus') {
    this.#log = log;
    this.#what = what;
  }

  fails(error: Error): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#log.warn(`${this.#what} cannot be reached; trying again until it answers`, {
      error: error.message,
    });
  }

  works(): void {
    if (!this.#isOut) return;
    this.#isOut = false;
    this.#log.info(`${this.#what} answers again`);
  }
}
