import { ensureError } from '../kernel/errors';
import type { Writes } from './quota-lease';
import type { WriteKind } from './write-quota';

export type Waiter = {
  readonly kind: WriteKind;
  readonly writes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/** Who waits for quota in this process, first come first served within a kind. */
export class WaitingWriters {
  #lines: { readonly express: Waiter[]; readonly bulk: Waiter[] } = { express: [], bulk: [] };

  get isEmpty(): boolean {
    return this.#lines.express.length + this.#lines.bulk.length === 0;
  }

  /** Express before bulk. */
  get first(): Waiter | undefined {
    return this.#lines.express[0] ?? this.#lines.bulk[0];
  }

  /**
   * Stands in line until served (`remove` and `resolve`). `onLeft`: called after the caller has left the line.
   * @throws the signal's reason when it is aborted
   */
  join(kind: WriteKind, writes: number, signal: AbortSignal | undefined, onLeft: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.remove(waiter);
        onLeft();
        reject(ensureError(signal?.reason));
      };
      const done = (settle: () => void) => () => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const waiter: Waiter = {
        kind,
        writes,
        resolve: done(resolve),
        reject: (error) => done(() => reject(error))(),
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#lines[kind].push(waiter);
    });
  }

  remove(waiter: Waiter): void {
    const line = this.#lines[waiter.kind];
    const index = line.indexOf(waiter);
    if (index >= 0) line.splice(index, 1);
  }

  /** What all of them want. */
  writes(): Writes {
    const sum = (waiters: readonly Waiter[]) => waiters.reduce((all, { writes }) => all + writes, 0);
    return { express: sum(this.#lines.express), bulk: sum(this.#lines.bulk) };
  }

  /** What the first in each line lacks whom `held` does not serve; 0: everybody is served by it. */
  lackOf(held: Writes): Writes {
    const lack = (kind: WriteKind) => {
      let left = held[kind];
      for (const { writes } of this.#lines[kind]) {
        if (writes > left) return writes - left;
        left -= writes;
      }
      return 0;
    };
    return { express: lack('express'), bulk: lack('bulk') };
  }

  rejectAll(error: Error): void {
    const waiters = [...this.#lines.express, ...this.#lines.bulk];
    this.#lines = { express: [], bulk: [] };
    for (const waiter of waiters) waiter.reject(error);
  }
}
