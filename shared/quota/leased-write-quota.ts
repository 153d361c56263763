import type { Clock } from '../kernel/clock';
import { PermanentError, ensureError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import type { Random } from '../kernel/random';
import { backOff, climb, freshQuota, leastCapacity, takeLease } from './quota-lease';
import type { QuotaLimits, Writes } from './quota-lease';
import type { QuotaRowStore } from './quota-row-store';
import { timing } from '../kernel/timing';
import type { QuotaRow } from '../words/quota-row';
import type { WriteKind, WriteQuota } from './write-quota';

type Waiter = {
  readonly kind: WriteKind;
  readonly writes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/**
 * WriteQuota over one table row. All lanes of the process draw from the slice it has leased, first come first
 * served, express before bulk. What is leased and not used within a second expires: it is lost, never saved up.
 */
export class LeasedWriteQuota implements WriteQuota {
  readonly #store: QuotaRowStore;
  readonly #limits: QuotaLimits;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  #waiting: { readonly express: Waiter[]; readonly bulk: Waiter[] } = { express: [], bulk: [] };
  /** Oldest first; two at most, as they expire after a second. */
  #leases: { express: number; bulk: number; readonly until: number }[] = [];
  #successes = 0;
  #ratePerSecond: number;
  /** Writes asked for since the last round. */
  #recent: { express: number; bulk: number } = { express: 0, bulk: 0 };
  #nextRoundAt = 0;
  #running = false;
  /** Counts back-offs: a lease that was under way when one came is not used. */
  #epoch = 0;
  /** What Graph told this process itself. */
  #closedUntil = 0;

  constructor(
    store: QuotaRowStore,
    limits: QuotaLimits,
    tools: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
  ) {
    this.#store = store;
    this.#limits = limits;
    this.#ratePerSecond = limits.ceilingPerSecond;
    this.#clock = tools.clock;
    this.#random = tools.random;
    this.#logger = tools.logger;
  }

  /**
   * Resolves when `writes` writes may be sent.
   * @throws PermanentError `quota/impossible` for more writes than a slice can hold
   * @throws the signal's reason when it is aborted
   */
  async acquire(kind: WriteKind, writes: number, signal?: AbortSignal): Promise<void> {
    if (writes > leastCapacity || writes < 1) {
      throw new PermanentError('quota/impossible', `1 to ${leastCapacity} writes at a time, not ${writes}`);
    }
    signal?.throwIfAborted();
    this.#recent[kind] += writes;
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#remove(waiter);
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
      this.#waiting[kind].push(waiter);
      this.#serve();
      void this.#run();
    });
  }

  giveBack(kind: WriteKind, writes: number): void {
    const now = this.#clock.now();
    const lease = this.#leases.findLast(({ until }) => now < until);
    // Without a valid lease this is from one that has expired. With one it is at most a second older.
    if (lease === undefined) return;
    lease[kind] += writes;
    this.#serve();
  }

  isClosed(): boolean {
    return this.#clock.now() < this.#closedUntil;
  }

  async backOff(retryAfterMs: number | undefined): Promise<void> {
    this.#epoch++;
    this.#leases = [];
    this.#closedUntil = Math.max(
      this.#closedUntil,
      this.#clock.now() + (retryAfterMs ?? timing.quota.backOff.ms),
    );
    const { row } = await this.#store.change((stored) => {
      const now = this.#clock.now();
      const after = backOff(this.#current(stored, now), this.#limits, now, retryAfterMs);
      // One of several that were refused together: the row has it already.
      const known = stored !== undefined && stored.notBefore > now && after.notBefore <= stored.notBefore;
      return { row: known ? null : after, result: null };
    });
    if (row === null) return;
    this.#ratePerSecond = row.ratePerSecond;
    this.#logger.warn('Graph asked for fewer writes', {
      retryAfterMs,
      ratePerSecond: row.ratePerSecond,
      notBefore: row.notBefore,
    });
  }

  succeeded(): void {
    this.#successes++;
  }

  ratePerSecond(): number {
    return this.#ratePerSecond;
  }

  #serve(): void {
    const now = this.#clock.now();
    this.#leases = this.#leases.filter((lease) => now < lease.until);
    const { express, bulk } = this.#waiting;
    for (;;) {
      const next = express[0] ?? bulk[0];
      if (next === undefined || !this.#draw(next)) return;
      this.#waiting[next.kind].shift();
      next.resolve();
    }
  }

  /** Express takes from bulk's share too before it waits; bulk never from express's, nor past a waiting express. */
  #draw(waiter: Waiter): boolean {
    const source = this.#inHand()[waiter.kind] >= waiter.writes ? waiter.kind : 'bulk';
    if (this.#inHand()[source] < waiter.writes) return false;
    let due = waiter.writes;
    for (const lease of this.#leases) {
      const drawn = Math.min(due, lease[source]);
      lease[source] -= drawn;
      due -= drawn;
    }
    return true;
  }

  #inHand(): Writes {
    const now = this.#clock.now();
    const valid = this.#leases.filter((lease) => now < lease.until);
    return {
      express: valid.reduce((sum, lease) => sum + lease.express, 0),
      bulk: valid.reduce((sum, lease) => sum + lease.bulk, 0),
    };
  }

  /** One loop at a time leases slices while a caller waits. */
  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#isAnyWaiting()) {
        const pause = this.#nextRoundAt - this.#clock.now();
        if (pause > 0) await this.#clock.sleep(pause);
        if (this.#isAnyWaiting()) await this.#round();
        this.#serve();
      }
    } catch (error) {
      this.#rejectAll(ensureError(error));
    } finally {
      this.#running = false;
      // A caller may have come while this loop was ending.
      if (this.#isAnyWaiting()) void this.#run();
    }
  }

  /** A round that grants nothing costs no table call: the row as it was known can only have been drawn from since. */
  async #round(): Promise<void> {
    const epoch = this.#epoch;
    const successes = this.#successes;
    const change = await this.#store.change((stored) => {
      const now = this.#clock.now();
      const climbed = climb(this.#current(stored, now), this.#limits, successes);
      const lease = takeLease(climbed, this.#limits, now, this.#wish(), this.#least());
      const nothing = lease.granted.express + lease.granted.bulk === 0;
      return { row: nothing ? null : lease.row, result: { granted: lease.granted, now } };
    });
    // At an even pace a process whose rounds fall right after another's would find the bucket empty each time.
    this.#nextRoundAt = this.#clock.now() + timing.quota.round.ms * (0.5 + this.#random());
    if (change.row === null) return;
    this.#ratePerSecond = change.row.ratePerSecond;
    this.#successes -= successes;
    this.#recent = { express: 0, bulk: 0 };
    const { granted, now } = change.result;
    if (epoch === this.#epoch) this.#leases.push({ ...granted, until: now + timing.quota.slice.ms });
  }

  /**
   * What waits, and as much again as was asked for since the last round: about that will be asked for until the next.
   * Otherwise a lane, which asks again as soon as it has written, would write once a round at most.
   */
  #wish(): Writes {
    const inHand = this.#inHand();
    const wishOf = (kind: WriteKind) => {
      const waiting = this.#waiting[kind].reduce((all, waiter) => all + waiter.writes, 0);
      return waiting === 0 ? 0 : waiting + this.#recent[kind] - inHand[kind];
    };
    return { express: wishOf('express'), bulk: wishOf('bulk') };
  }

  /** What the first in each line lacks. */
  #least(): Writes {
    const inHand = this.#inHand();
    return {
      express: (this.#waiting.express[0]?.writes ?? 0) - inHand.express,
      bulk: (this.#waiting.bulk[0]?.writes ?? 0) - inHand.bulk,
    };
  }

  #current(stored: QuotaRow | undefined, now: number): QuotaRow {
    return stored ?? freshQuota(this.#limits, now);
  }

  #isAnyWaiting(): boolean {
    return this.#waiting.express.length + this.#waiting.bulk.length > 0;
  }

  #remove(waiter: Waiter): void {
    const queue = this.#waiting[waiter.kind];
    const index = queue.indexOf(waiter);
    if (index >= 0) queue.splice(index, 1);
    // The next one may need less than the one that left.
    this.#serve();
  }

  #rejectAll(error: Error): void {
    const waiters = [...this.#waiting.express, ...this.#waiting.bulk];
    this.#waiting = { express: [], bulk: [] };
    for (const waiter of waiters) waiter.reject(error);
  }
}
