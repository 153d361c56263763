import { never } from './never';
import type { Clock } from '../../shared/kernel/clock';
import type { FaultKind } from '../script/script';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';
import type { Weather } from './weather';

/**
 * A functions process. Each of its calls to the outside passes through it, takes its time there and may be the last one:
 * a process that is dead goes on with nothing, as if it had been killed between two steps.
 */
export class SimulatedProcess {
  isAlive = true;
  /** It knows rows of users as commit 080cba5 does. */
  isOlder = false;
  /** How far its clock is ahead (milliseconds). */
  skewMs = 0;
  /** Calls that it still makes before it dies; undefined: nothing is to end it. */
  #callsLeft: number | undefined;
  readonly clock: Clock;

  constructor(
    readonly name: string,
    private readonly time: VirtualTime,
    private readonly weather: Weather,
    private readonly onDeath: (process: SimulatedProcess) => void,
  ) {
    this.clock = {
      now: () => time.now + this.skewMs,
      sleep: async (ms, signal) => {
        await time.sleep(ms, signal);
        await this.#stopIfDead();
      },
    };
  }

  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.onDeath(this);
  }

  /** One step to the outside or back: it takes its time, and the process may end here. */
  async step(): Promise<void> {
    await this.#stopIfDead();
    const ms = this.weather.latencyMs();
    if (ms > 0) await this.time.sleep(ms);
    await this.#stopIfDead();
    if (this.#callsLeft === undefined) {
      const fault = this.weather.take('kill', ({ of }) => of === undefined);
      if (fault !== undefined) this.#callsLeft = fault.nth;
    }
    if (this.#callsLeft === undefined) return;
    if (this.#callsLeft-- > 0) return;
    await this.end();
  }

  /** It ends here and now; what it was doing goes on with nothing. */
  async end(): Promise<never> {
    this.kill();
    return never();
  }

  /**
   * A call to the outside that may fail: a fault of `before` instead of the effect, one of `after` in spite of it.
   * @throws what `error` makes of the fault
   */
  async call<Result>(
    faults: { readonly before: readonly FaultKind[]; readonly after: readonly FaultKind[] },
    error: (kind: FaultKind) => Error,
    effect: () => Result | Promise<Result>,
  ): Promise<Result> {
    await this.step();
    const before = this.weather.takeAny(faults.before);
    if (before !== undefined) throw error(before.kind);
    const result = await effect();
    await this.step();
    const after = this.weather.takeAny(faults.after);
    if (after !== undefined) throw error(after.kind);
    return result;
  }

  async #stopIfDead(): Promise<void> {
    if (!this.isAlive) await never();
  }
}
