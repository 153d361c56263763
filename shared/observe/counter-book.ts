import type { Clock } from '../kernel/clock';
import { ensureError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import { timing } from '../kernel/timing';
import type { Counts } from './counts';

/** Where counts go. */
export interface Counters {
  /** Never throws and is never awaited. `by`: 1, or less than 0 for a level that falls. */
  add(name: string, by?: number): void;
}

export const noCounters: Counters = { add: () => undefined };

type Store = {
  add(row: { readonly at: number; readonly process: string; readonly counts: Counts }): Promise<void>;
};

/**
 * Counts of one process, written 10 s after the first one and then whenever there are new ones. What a process that is
 * killed had not written yet is lost; the census counts levels anew.
 */
export class CounterBook implements Counters {
  readonly #store: Store;
  readonly #parts: { readonly clock: Clock; readonly process: string; readonly logger: Logger };
  #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    store: Store,
    parts: { readonly clock: Clock; readonly process: string; readonly logger: Logger },
  ) {
    this.#store = store;
    this.#parts = parts;
  }

  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
    this.#timer ??= setTimeout(() => void this.flush(), timing.observe.counters.ms).unref();
  }

  /** Writes what was counted. Never throws: what could not be written is written with the next counts. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const counts = Object.fromEntries([...this.#counts].filter(([, count]) => count !== 0));
    this.#counts = new Map();
    if (Object.keys(counts).length === 0) return;
    const { clock, process, logger } = this.#parts;
    try {
      await this.#store.add({ at: clock.now(), process, counts });
    } catch (thrown) {
      logger.warn('Counts are written later', { error: ensureError(thrown) });
      for (const [name, by] of Object.entries(counts)) this.add(name, by);
    }
  }
}
