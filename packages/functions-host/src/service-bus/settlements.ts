export type Outcome = 'complete' | 'abandon';

/**
 * Orders the settlements of one receiver so that two different outcomes are never under way together: rhea, which
 * the client is built on, merges neighboring dispositions of one tick into a single frame with the first one's
 * outcome (rhea lib/session.js, write_dispositions). Equal outcomes go side by side.
 */
export class Settlements {
  #current: Outcome | undefined;
  #underWay = 0;
  #waiting: { outcome: Outcome; start: () => void }[] = [];

  async settle(outcome: Outcome, work: () => Promise<void>): Promise<void> {
    const mustWait = this.#waiting.length > 0 || (this.#underWay > 0 && this.#current !== outcome);
    if (mustWait) {
      await new Promise<void>((resolve) => {
        this.#waiting.push({ outcome, start: resolve });
      });
    } else this.#enter(outcome);
    try {
      await work();
    } finally {
      this.#leave();
    }
  }

  #enter(outcome: Outcome): void {
    this.#current = outcome;
    this.#underWay += 1;
  }

  #leave(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    const outcome = this.#waiting[0]?.outcome;
    while (outcome !== undefined && this.#waiting[0]?.outcome === outcome) {
      const next = this.#waiting.shift();
      this.#enter(outcome);
      next?.start();
    }
  }
}
