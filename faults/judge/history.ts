import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { wantedOf } from '../script/policy-oracle';
import type { Facts, Wanted } from '../script/policy-oracle';
import { skuNames } from '../script/tenant-model';
import type { PolicyModel, SkuName, UserNumber } from '../script/tenant-model';
import { factsOf, freeSeatsOf } from '../world/holdings';

type Seen = { readonly at: number; readonly facts: Facts };
type Free = { readonly at: number; readonly free: number };

/** What the tenant was at each time of a run, noted by the run itself: what a write is judged by. */
export class History {
  readonly #facts = new Map<UserNumber, Seen[]>();
  readonly #free = new Map<SkuName, Free[]>();
  /** From when on the policy of this number may have been some user's. */
  readonly #policyFrom: number[] = [-Infinity];

  constructor(
    private readonly graph: OpenGraph,
    private readonly policies: readonly PolicyModel[],
    readonly users: readonly UserNumber[],
  ) {}

  /** The tenant has changed. */
  note(at: number): void {
    for (const user of this.users) {
      const seen = this.#facts.get(user) ?? [];
      seen.push({ at, facts: factsOf(this.graph, user) });
      this.#facts.set(user, seen);
    }
    this.noteSeats(at);
  }

  /** Licenses were given or taken, or seats bought or lost. */
  noteSeats(at: number): void {
    for (const sku of skuNames) {
      const seen = this.#free.get(sku) ?? [];
      const free = freeSeatsOf(this.graph, sku);
      if (seen.at(-1)?.free === free) continue;
      seen.push({ at, free });
      this.#free.set(sku, seen);
    }
  }

  /** A person asked for this policy. */
  noteActivation(policy: number, at: number): void {
    this.#policyFrom[policy] = Math.min(this.#policyFrom[policy] ?? Infinity, at);
  }

  /** The most free seats that there were at any time from `from` to `to`. */
  mostFree(sku: SkuName, from: number, to: number): number {
    const seen = this.#free.get(sku) ?? [];
    const before = seen.findLast(({ at }) => at <= from);
    const within = seen.filter(({ at }) => at > from && at <= to);
    return Math.max(...within.map(({ free }) => free), before?.free ?? 0);
  }

  /** Every answer that any policy in force gave for the user at any time from `from` to `to`. */
  wantedDuring(user: UserNumber, from: number, to: number): readonly ReadonlyMap<SkuName, Wanted>[] {
    const seen = this.#facts.get(user) ?? [];
    const first = Math.max(
      0,
      seen.findLastIndex(({ at }) => at <= from),
    );
    const during = seen.slice(first).filter(({ at }) => at <= to);
    return this.policiesUpTo(to).flatMap((policy) => during.map(({ facts }) => wantedOf(policy, facts)));
  }

  /** Policies that may have been a user's by this time. */
  policiesUpTo(at: number): readonly PolicyModel[] {
    return this.policies.filter((_, index) => (this.#policyFrom[index] ?? Infinity) <= at);
  }
}
