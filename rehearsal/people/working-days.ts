import type { Newcomer } from '@auto-licenser/graph-emulator/add-newcomer';
import { PeopleDraw } from '@auto-licenser/graph-emulator/draw-people';
import type { Engine } from '@auto-licenser/graph-emulator/engine';
import type { PeopleCounts } from '@auto-licenser/graph-emulator/usual-changes';
import type { Random } from '../../shared/kernel/random';
import type { VirtualTime } from '../world/virtual-time';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** Changes are made in these hours. */
const working = { from: 8 * hourMs, to: 18 * hourMs } as const;
/**
 * Directory sync brings what was changed since its last cycle.
 * https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-sync-feature-scheduler
 */
const syncEveryMs = 30 * 60_000;
/** A cycle brings its changes within this time; a choice. */
const syncTakesMs = 60_000;

/** Working days of a tenant, one after the other, with what directory sync brings on each. */
export class WorkingDays {
  /** Who has joined so far. */
  readonly joined: Newcomer[] = [];
  readonly #people: PeopleDraw;

  constructor(
    private readonly time: VirtualTime,
    engine: Engine,
    private readonly random: Random,
  ) {
    this.#people = new PeopleDraw(engine, random);
  }

  /** Has people come, move and go on so many days, as many on each, each at a cycle of directory sync. */
  plan(days: number, { joiners, movers, leavers }: PeopleCounts): void {
    const changes: readonly (readonly [number, () => void])[] = [
      [joiners, () => this.#join()],
      [movers, () => void this.#people.move()],
      [leavers, () => void this.#people.leave()],
    ];
    for (let day = 0; day < days; day++) {
      for (const [count, change] of changes) {
        for (let index = 0; index < count; index++) {
          this.time.at(this.time.startedAt + day * dayMs + this.#anyCycle(), change);
        }
      }
    }
  }

  #join(): void {
    const newcomer = this.#people.join();
    if (newcomer !== undefined) this.joined.push(newcomer);
  }

  /** Milliseconds from midnight. */
  #anyCycle(): number {
    const madeAt = working.from + this.random() * (working.to - working.from);
    const cycle = Math.ceil(madeAt / syncEveryMs) * syncEveryMs;
    // Spread: else every change would come just when a round of the deltas begins.
    return cycle + Math.round(this.random() * syncTakesMs);
  }
}
