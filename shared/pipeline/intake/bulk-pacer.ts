import type { Clock } from '../../kernel/clock';
import type { Hint } from '../../queue/messages';
import { timing } from '../../kernel/timing';

/** More users than this at once are a crowd: what is written for them gives way to joiners. */
export const bulkSize = 50;
const fewestOfRest = 3;

/** What becomes due at `at`, milliseconds; undefined: at once. */
export type Portion = { readonly at: number | undefined; readonly hints: readonly Hint[] };

/**
 * Spreads crowds over time. Looking at thousands of users in one go would write none of them sooner, since the quota
 * sets the pace, but users who arrive meanwhile would stand behind them all in `directory-changes`.
 */
export class BulkPacer {
  readonly #clock: Clock;
  #nextAt = 0;
  #crowdAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Whether the users of one call of Graph's are a crowd, or the rest of one: Graph parts a crowd into calls of so many each,
   * and the users of the last call would take the places by express that joiners need. One or two users are joiners: a crowd may
   * go on for minutes, and who comes meanwhile would wait behind all of it.
   */
  isCrowd(users: number): boolean {
    const now = this.#clock.now();
    if (users > bulkSize) this.#crowdAt = now;
    return users >= fewestOfRest && Math.abs(now - this.#crowdAt) < timing.intake.sameCrowd.ms;
  }

  /**
   * A portion for each second, after those of the crowds before. `least`: what may be one portion, whatever the pace; it
   * takes the time of as many portions as it stands for.
   */
  spread(hints: readonly Hint[], perSecond: number, least = 1): readonly Portion[] {
    const now = this.#clock.now();
    const pace = Math.max(1, Math.round((perSecond * timing.intake.portion.ms) / 1_000));
    const size = Math.max(pace, least);
    const portions: Portion[] = [];
    this.#nextAt = Math.max(this.#nextAt, now);
    for (let first = 0; first < hints.length; first += size) {
      const portion = hints.slice(first, first + size);
      portions.push({ at: this.#nextAt > now ? Math.round(this.#nextAt) : undefined, hints: portion });
      this.#nextAt += (portion.length / pace) * timing.intake.portion.ms;
    }
    return portions;
  }
}
