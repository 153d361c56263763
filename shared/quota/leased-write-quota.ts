import { noLongerNeeded } from '../kernel/clock';
import type { Clock } from '../kernel/clock';
import { PermanentError, ensureError } from '../kernel/errors';
import type { Logger } from '../kernel/logger';
import type { Random } from '../kernel/random';
import { HeldLeases, makeLease } from './held-leases';
import type { HeldLease } from './held-leases';
import { backOff, climb, freshQuota, isInDebt, leastCapacity, promiseLease, takeLease } from './quota-lease';
import type { QuotaLimits, Writes } from './quota-lease';
import type { QuotaChange, QuotaRowStore } from './quota-row-store';
import { SingleJoiners } from './single-joiners';
import { timing } from '../kernel/timing';
import type { QuotaRow } from '../words/quota-row';
import { WaitingWriters } from './waiting-writers';
import type { Waiter } from './waiting-writers';
import type { WriteKind, WriteQuota } from './write-quota';

/**
 * WriteQuota over one table row. All lanes of the process draw from the slice it has leased, first come first
 * served, express before bulk. What is leased and not used within a second expires: it is lost, never saved up.
 * While other processes want quota too, each is promised its writes ahead of their earning, in the order of asking.
 */
export class LeasedWriteQuota implements WriteQuota {
  readonly #store: QuotaRowStore;
  readonly #limits: QuotaLimits;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #logger: Logger;
  readonly #waiting = new WaitingWriters();
  readonly #leases = new HeldLeases();
  readonly #singles = new SingleJoiners();
  #successes = 0;
  #ratePerSecond: number;
  /** Writes asked for since the last round. */
  #recent: { express: number; bulk: number } = { express: 0, bulk: 0 };
  #nextRoundAt = 0;
  #running = false;
  /** Ends the loop's sleep: a caller has come. */
  #wake: AbortController | undefined;
  /** When a caller was served last; one that asks soon after is a lane that writes all the time. */
  #servedAt = -Infinity;
  #asksAtOnce = false;
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
    const now = this.#clock.now();
    this.#asksAtOnce = now - this.#servedAt < timing.quota.round.ms;
    // When one has left, the next one may need less.
    const served = this.#waiting.join(kind, writes, signal, () => this.#serve());
    this.#singles.note(kind, now);
    this.#serve();
    this.#wake?.abort(noLongerNeeded);
    void this.#run();
    await served;
  }

  giveBack(kind: WriteKind, writes: number): void {
    const now = this.#clock.now();
    // Without a valid lease this is from one that has expired. With one it is at most a second older.
    if (this.#leases.giveBack(kind, writes, now)) this.#serve();
  }

  isClosed(): boolean {
    return this.#clock.now() < this.#closedUntil;
  }

  async backOff(retryAfterMs: number | undefined): Promise<void> {
    this.#epoch++;
    this.#leases.clear();
    this.#closedUntil = Math.max(
      this.#closedUntil,
      this.#clock.now() + (retryAfterMs ?? timing.quota.backOff.ms),
    );
    const { row } = await this.#store.change((stored) => {
      const now = this.#clock.now();
      const after = backOff(stored ?? freshQuota(this.#limits, now), this.#limits, now, retryAfterMs);
      // One of several that were refused together: the row has it already.
      const known = stored !== undefined && stored.notBefore > now && after.notBefore <= stored.notBefore;
      return { row: known ? null : after, result: null };
    }, 'urgent');
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
    this.#leases.tidy(now);
    for (;;) {
      const next = this.#waiting.first;
      if (next === undefined || !this.#draw(next)) return;
      this.#waiting.remove(next);
      this.#servedAt = now;
      next.resolve();
    }
  }

  /** Express takes from bulk's share too before it waits; bulk never from express's, nor past a waiting express. */
  #draw({ kind, writes }: Waiter): boolean {
    const now = this.#clock.now();
    const inHand = this.#leases.inHand(now);
    const source = inHand[kind] >= writes ? kind : 'bulk';
    if (inHand[source] < writes) return false;
    this.#leases.draw(source, writes, now);
    return true;
  }

  /** One loop at a time leases slices while a caller waits. */
  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#waiting.isEmpty) {
        const now = this.#clock.now();
        if (this.#leases.mustBeConfirmed(now)) await this.#lookAgain();
        else if (this.#isShort() && now >= this.#roundDueAt()) await this.#round();
        else await this.#sleepUntil(this.#nextEvent(now));
        this.#serve();
      }
    } catch (error) {
      this.#waiting.rejectAll(ensureError(error));
    } finally {
      this.#running = false;
      // A caller may have come while this loop was ending.
      if (!this.#waiting.isEmpty) void this.#run();
    }
  }

  /** Whether some caller has no lease that will serve it. */
  #isShort(): boolean {
    const least = this.#least();
    return least.express > 0 || least.bulk > 0;
  }

  /** While bulk uses up each slice at once, a joiner would wait for the next one: who comes alone has a round at once. */
  #roundDueAt(): number {
    const isUrgent = this.#singles.areWaiting && this.#waiting.first?.kind === 'express';
    return isUrgent && !this.#store.isShared ? -Infinity : this.#nextRoundAt;
  }

  /** When a lease becomes usable, expires or must be looked after, or the next round is due. */
  #nextEvent(now: number): number {
    const rounds = this.#isShort() ? [this.#roundDueAt()] : [];
    return Math.min(...this.#leases.timesAfter(now), ...rounds, now + timing.quota.ahead.ms);
  }

  async #sleepUntil(at: number): Promise<void> {
    const wake = new AbortController();
    this.#wake = wake;
    await this.#clock.sleep(at - this.#clock.now(), wake.signal).catch(() => undefined);
    this.#wake = undefined;
  }

  /**
   * Leases what is earned, or has it promised when that is nothing and others take part. A round that grants nothing
   * costs no table call while this process is alone: the row as it was known can only have been drawn from since.
   */
  async #round(): Promise<void> {
    const epoch = this.#epoch;
    const successes = this.#successes;
    const change = await this.#store.change((stored) => {
      const now = this.#clock.now();
      this.#singles.hadRound();
      const climbed = climb(stored ?? freshQuota(this.#limits, now), this.#limits, successes);
      const { notBefore } = climbed;
      const lease = takeLease(climbed, this.#limits, now, this.#wish(), this.#least());
      if (lease.granted.express + lease.granted.bulk > 0) {
        return { row: lease.row, result: [makeLease(lease.granted, now, now, notBefore)] };
      }
      return this.#promised(climbed, now, this.#uncovered(), this.#least());
    });
    const { round, contendedRound } = timing.quota;
    const pace = this.#store.isShared ? contendedRound.ms : round.ms;
    // At an even pace a process whose rounds fall right after another's would find the bucket empty each time.
    this.#nextRoundAt = this.#clock.now() + pace * (0.5 + this.#random());
    if (change.row === null) return;
    this.#ratePerSecond = change.row.ratePerSecond;
    this.#successes -= successes;
    this.#recent = { express: 0, bulk: 0 };
    if (epoch === this.#epoch) this.#leases.add(change.result);
  }

  /** For one kind at a time: express before bulk. Nothing while this process is alone. */
  #promised(row: QuotaRow, now: number, wish: Writes, least: Writes): QuotaChange<HeldLease[]> {
    const kind = least.express > 0 ? 'express' : 'bulk';
    const promised =
      this.#store.isShared && wish[kind] > 0
        ? promiseLease(row, this.#limits, now, kind, wish[kind], Math.max(1, least[kind]))
        : null;
    if (promised === null) return { row: null, result: [] };
    const granted = { express: 0, bulk: 0, [kind]: promised.writes };
    return { row: promised.row, result: [makeLease(granted, now, promised.from, row.notBefore)] };
  }

  /**
   * Looks whether Graph has refused since the leases that are due were made. In the same step as much is promised for
   * the next time as was asked for since, so that a lane that writes all the time costs a read and a write each.
   */
  async #lookAgain(): Promise<void> {
    const epoch = this.#epoch;
    const change = await this.#store.change((stored) => {
      const now = this.#clock.now();
      const row = stored ?? freshQuota(this.#limits, now);
      const foreseen = this.#foreseen(now);
      const next = isInDebt(row, this.#limits, now) ? this.#promised(row, now, foreseen, foreseen) : noChange;
      return { row: next.row, result: { now, notBefore: row.notBefore, leases: next.result } };
    }, 'fresh');
    if (epoch !== this.#epoch) return;
    const { now, notBefore, leases } = change.result;
    this.#leases.confirm(notBefore, now);
    if (change.row === null) return;
    this.#leases.add(leases);
  }

  /** What the lanes that are served now will ask for next, as far as nothing is promised for it. */
  #foreseen(now: number): Writes {
    if (!this.#asksAtOnce) return { express: 0, bulk: 0 };
    const ahead = this.#leases.ahead(now);
    const all = this.#leases.all();
    const waiting = this.#waiting.writes();
    const next = (kind: WriteKind) =>
      Math.max(0, Math.min(waiting[kind], all[kind] - ahead[kind]) - ahead[kind]);
    return { express: next('express'), bulk: next('bulk') };
  }

  /**
   * What waits, and as much again as was asked for since the last round: about that will be asked for until the next.
   * Otherwise a lane, which asks again as soon as it has written, would write once a round at most.
   */
  #wish(): Writes {
    const held = this.#leases.all();
    const waiting = this.#waiting.writes();
    const wishOf = (kind: WriteKind) =>
      waiting[kind] === 0 ? 0 : waiting[kind] + this.#recent[kind] - held[kind];
    return { express: wishOf('express'), bulk: wishOf('bulk') };
  }

  /** What waits and has no lease yet. */
  #uncovered(): Writes {
    const held = this.#leases.all();
    const waiting = this.#waiting.writes();
    return { express: waiting.express - held.express, bulk: waiting.bulk - held.bulk };
  }

  #least(): Writes {
    return this.#waiting.lackOf(this.#leases.all());
  }
}

const noChange: QuotaChange<HeldLease[]> = { row: null, result: [] };
