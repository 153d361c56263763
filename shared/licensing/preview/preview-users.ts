import type { SkuId, UserId } from '../../kernel/ids';
import type { Policy } from '../../policy/policy';
import type { Catalogue } from '../catalogue/catalogue';
import { decide } from '../decide';
import type { DecideInput, Decision, Seats } from '../decision';
import type { Preview, PreviewedUser } from './preview';
import { makePreviewBuilder } from './preview';
import { makeSeatTally, newSkus } from './seat-tally';
import type { SeatTally } from './seat-tally';
import type { WaitingForSeat } from '../seats/serve-waiting';
import { serveWaiting } from '../seats/serve-waiting';
import { stateDigest } from '../state-digest';

export type PreviewCase = {
  readonly user: PreviewedUser;
  /** As a look at the user would give it, with the tenant's own seats. */
  readonly input: DecideInput;
  /** Since when the user waits for a seat, or would: milliseconds. Among equals the longest is served first. */
  readonly since: number;
};

export type PreviewedUsers = {
  readonly preview: Preview;
  /** Per user the digest that a look finds while nothing has changed. */
  readonly digests: ReadonlyMap<UserId, string>;
};

/** A user whose decision takes a seat of a SKU: which users get one can be told when all are known. */
type Asking = PreviewCase & { readonly skuIds: readonly SkuId[]; decision: Decision };

const ample: Seats = { free: () => Number.MAX_SAFE_INTEGER, listOnly: () => false };

/**
 * Previews many users together. Each is decided as if there were seats for all; where a SKU has fewer seats than are
 * asked for (freed ones included), they go by priority, then by waiting time, as the waiting list gives them, and
 * all others are decided again without a seat: fallback, or waiting. The order of the users does not matter.
 */
export class UserPreviewer {
  readonly #builder: ReturnType<typeof makePreviewBuilder>;
  readonly #tally: SeatTally;
  readonly #digests = new Map<UserId, string>();
  readonly #asking: Asking[] = [];

  constructor(policy: Policy, catalogue: Catalogue) {
    this.#builder = makePreviewBuilder(policy, catalogue);
    this.#tally = makeSeatTally(catalogue);
  }

  add(one: PreviewCase): void {
    const { input, user } = one;
    this.#digests.set(user.id, stateDigest(input));
    const decision = decide({ ...input, seats: ample });
    const skuIds = newSkus(input.holding, decision.operation);
    if (skuIds.length > 0) this.#asking.push({ ...one, skuIds, decision });
    else {
      this.#tally.add(input.holding, decision);
      this.#record(one, decision);
    }
  }

  finish(): PreviewedUsers {
    const scarce = this.#findScarce();
    const isShort = (one: Asking) => one.skuIds.some((skuId) => scarce.has(skuId));
    for (const one of this.#asking) if (!isShort(one)) this.#tally.add(one.input.holding, one.decision);
    this.#serve(this.#asking.filter(isShort).sort(byPrecedence), scarce);
    for (const one of this.#asking) this.#record(one, one.decision);
    return { preview: this.#builder.finish(), digests: this.#digests };
  }

  /** SKUs of which more seats are asked for than there are. */
  #findScarce(): ReadonlySet<SkuId> {
    const demand = new Map<SkuId, number>();
    for (const { skuIds } of this.#asking) {
      for (const skuId of skuIds) demand.set(skuId, (demand.get(skuId) ?? 0) + 1);
    }
    return new Set(
      [...demand].filter(([skuId, count]) => count > this.#tally.seats.free(skuId)).map(([skuId]) => skuId),
    );
  }

  /** Gives out the seats of scarce SKUs, and those that are left or come free by it, until nothing moves. */
  #serve(asking: readonly Asking[], scarce: ReadonlySet<SkuId>): void {
    const left = (skuId: SkuId) => this.#tally.seats.free(skuId);
    const served = new Map<UserId, Set<SkuId>>();
    const decideAgain = (one: Asking) => {
      const mine = served.get(one.user.id);
      const seats: Seats = {
        free: (skuId) => (scarce.has(skuId) && mine?.has(skuId) !== true ? 0 : left(skuId)),
        listOnly: () => false,
      };
      one.decision = decide({ ...one.input, seats });
      this.#tally.add(one.input.holding, one.decision);
    };
    const grant = (entries: readonly WaitingForSeat[]) => {
      const granted = serveWaiting(entries, left, 0);
      for (const { userId, skuId } of granted) {
        served.set(userId, (served.get(userId) ?? new Set()).add(skuId));
      }
      return new Set(granted.map((one) => one.userId));
    };
    grant(asking.flatMap((one) => one.skuIds.filter((id) => scarce.has(id)).map((id) => toEntry(one, id))));
    for (const one of asking) decideAgain(one);
    for (;;) {
      const waiting = asking.flatMap((one) =>
        one.decision.skus
          .filter(({ skuId, outcome }) => outcome === 'waiting' && !served.get(one.user.id)?.has(skuId))
          .map(({ skuId }) => toEntry(one, skuId)),
      );
      const granted = grant(waiting);
      if (granted.size === 0) return;
      for (const one of asking) {
        if (!granted.has(one.user.id)) continue;
        this.#tally.withdraw(one.input.holding, one.decision);
        decideAgain(one);
      }
    }
  }

  #record({ user, input }: PreviewCase, decision: Decision): void {
    this.#builder.add(user, input, decision, this.#digests.get(user.id) ?? '');
  }
}

function toEntry({ user, since, decision }: Asking, skuId: SkuId): WaitingForSeat {
  return { skuId, userId: user.id, priority: priorityOf(decision, skuId), since, grantedUntil: null };
}

function priorityOf(decision: Decision, skuId: SkuId): number {
  return decision.entitlement.find((one) => one.skuId === skuId)?.priority ?? 0;
}

/** Fallbacks have seats of their own to share out: the same order of service, by the best that is asked for. */
function byPrecedence(a: Asking, b: Asking): number {
  const best = ({ decision, skuIds }: Asking) => Math.max(...skuIds.map((id) => priorityOf(decision, id)));
  return best(b) - best(a) || a.since - b.since || (a.user.id < b.user.id ? -1 : 1);
}
