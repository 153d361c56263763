import type { Random } from '../../shared/kernel/random';
import type { Fault, FaultKind } from '../script/script';
import type { VirtualTime } from '../../rehearsal/world/virtual-time';

/** How often each kind of fault struck. */
export type FaultCounts = Partial<Record<FaultKind, number>>;

/** What goes wrong, and when: each fault of the script waits for the first thing that it fits, and strikes once. */
export class Weather {
  readonly counts: FaultCounts = {};
  /** When each fault struck (milliseconds). */
  readonly strikes: { readonly kind: FaultKind; readonly at: number }[] = [];
  readonly #waiting = new Map<FaultKind, Fault[]>();

  constructor(
    private readonly time: VirtualTime,
    private readonly random: Random,
    faults: readonly Fault[],
    /** A line of the run's story. */
    private readonly tell: (text: string) => void,
  ) {
    for (const fault of faults) {
      this.#waiting.set(fault.kind, [...(this.#waiting.get(fault.kind) ?? []), fault]);
    }
  }

  /** The fault of this kind that strikes now, which it does this once; undefined: none is due, or none fits. */
  take(kind: FaultKind, fits: (fault: Fault) => boolean = () => true): Fault | undefined {
    const waiting = this.#waiting.get(kind);
    if (waiting === undefined || waiting.length === 0) return undefined;
    const index = waiting.findIndex((fault) => fault.at <= this.time.elapsedMs && fits(fault));
    if (index < 0) return undefined;
    const [fault] = waiting.splice(index, 1);
    this.count(kind);
    return fault;
  }

  /** Of several kinds, the first that is due. */
  takeAny(kinds: readonly FaultKind[], fits?: (fault: Fault) => boolean): Fault | undefined {
    for (const kind of kinds) {
      const fault = this.take(kind, fits);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** For faults that last, each at its own time: it strikes whatever is under way. */
  onEach(kind: FaultKind, strike: (fault: Fault) => void): void {
    for (const fault of this.#waiting.get(kind) ?? []) {
      this.time.at(this.time.startedAt + fault.at, () => {
        this.count(kind);
        strike(fault);
      });
    }
    this.#waiting.delete(kind);
  }

  /** What has not struck by now never will. */
  end(): void {
    this.#waiting.clear();
  }

  /** How long a call takes just now, milliseconds; 0: it is done at once. Three in a hundred take seconds. */
  latencyMs(): number {
    const chance = this.random();
    if (chance < 0.6) return 0;
    return Math.round(chance < 0.97 ? this.random() * 150 : this.random() * 4_000);
  }

  /** A number that is not a fault: how late a notification is, which process takes a message. */
  pick(below: number): number {
    return Math.floor(this.random() * below);
  }

  private count(kind: FaultKind): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    this.strikes.push({ kind, at: this.time.now });
    this.tell(`fault: ${kind}`);
  }
}
