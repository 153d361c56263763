import { timing } from '../kernel/timing';
import type { WriteKind } from './write-quota';

/** Joiners who come one by one: express writes, before which none was asked for in the time of a round. */
export class SingleJoiners {
  #askedAt = -Infinity;
  #areWaiting = false;

  /** Since the last round one has come. */
  get areWaiting(): boolean {
    return this.#areWaiting;
  }

  /** A caller asks for quota. `now`: milliseconds. */
  note(kind: WriteKind, now: number): void {
    if (kind !== 'express') return;
    if (now - this.#askedAt >= timing.quota.round.ms) this.#areWaiting = true;
    this.#askedAt = now;
  }

  /** A round has begun, which asks for all who wait. */
  hadRound(): void {
    this.#areWaiting = false;
  }
}
