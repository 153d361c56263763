import { timing } from '../kernel/timing';
import type { Writes } from './quota-lease';
import type { WriteKind } from './write-quota';

/** Writes that this process may send from `from` on, until `until`; milliseconds since 1970. */
export type HeldLease = {
  express: number;
  bulk: number;
  readonly from: number;
  readonly until: number;
  /** From this time on the row is looked at before the lease is used: so a back-off is seen a second after it. */
  trustedUntil: number;
  /** What the row said when it was leased; a later time means that Graph has refused since: the lease is void. */
  readonly notBefore: number;
};

/** A lease made at `now`. */
export function makeLease(granted: Writes, now: number, from: number, notBefore: number): HeldLease {
  const { ms } = timing.quota.slice;
  return { ...granted, from, until: from + ms, trustedUntil: now + ms, notBefore };
}

/** What a process has leased and not used yet, oldest first. */
export class HeldLeases {
  #leases: HeldLease[] = [];

  add(leases: readonly HeldLease[]): void {
    this.#leases.push(...leases);
  }

  clear(): void {
    this.#leases = [];
  }

  /** Forgets what has expired or is used up. */
  tidy(now: number): void {
    this.#leases = this.#leases.filter((lease) => now < lease.until && lease.express + lease.bulk > 0);
  }

  /** The row was looked at: what was leased before Graph refused is void, the rest may be used for a second more. */
  confirm(notBefore: number, now: number): void {
    this.#leases = this.#leases.filter((lease) => lease.notBefore >= notBefore);
    for (const lease of this.#leases) lease.trustedUntil = now + timing.quota.slice.ms;
  }

  /** Whether something is due that must not be used before the row was looked at. */
  mustBeConfirmed(now: number): boolean {
    return this.#leases.some(({ from, trustedUntil }) => from <= now && now >= trustedUntil);
  }

  /** What may be used now. */
  inHand(now: number): Writes {
    return sumOf(this.#leases.filter((lease) => isUsable(lease, now)));
  }

  /** With what is promised for later. */
  all(): Writes {
    return sumOf(this.#leases);
  }

  /** What is promised for later. */
  ahead(now: number): Writes {
    return sumOf(this.#leases.filter(({ from }) => from > now));
  }

  /** The next times at which something changes, in no order. */
  timesAfter(now: number): number[] {
    return this.#leases
      .flatMap(({ from, until, trustedUntil }) => [from, until, trustedUntil])
      .filter((at) => at > now);
  }

  /** Takes what is in hand; ask `inHand` before. */
  draw(kind: WriteKind, writes: number, now: number): void {
    let due = writes;
    for (const lease of this.#leases.filter((one) => isUsable(one, now))) {
      const drawn = Math.min(due, lease[kind]);
      lease[kind] -= drawn;
      due -= drawn;
    }
  }

  /** What was drawn and not needed; false: no lease is valid that it could go back to. */
  giveBack(kind: WriteKind, writes: number, now: number): boolean {
    const lease = this.#leases.findLast((one) => isUsable(one, now));
    if (lease === undefined) return false;
    lease[kind] += writes;
    return true;
  }
}

function isUsable({ from, until, trustedUntil }: HeldLease, now: number): boolean {
  return from <= now && now < until && now < trustedUntil;
}

function sumOf(leases: readonly Writes[]): Writes {
  return {
    express: leases.reduce((sum, { express }) => sum + express, 0),
    bulk: leases.reduce((sum, { bulk }) => sum + bulk, 0),
  };
}
