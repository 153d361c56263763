import { compareText } from '../../kernel/id-set';
import type { SkuId, UserId } from '../../kernel/ids';
import type { Policy } from '../../policy/policy';
import type { Catalogue } from '../catalogue/catalogue';
import { AlikeDecider } from '../decide-alike';
import type { DecideInput, Decision, Seats } from '../decision';
import { decidingBlanks } from './deciding-blanks';
import { effectOf } from './planned-effect';
import type { PlannedEffect } from './planned-effect';
import type { Preview, PreviewedUser, PreviewLine, PreviewSink, PreviewTotals } from './preview';
import { makePreviewBuilder } from './preview';
import { makeSeatTally } from './seat-tally';
import type { SeatTally } from './seat-tally';
import type { WaitingForSeat } from '../seats/serve-waiting';
import { serveWaiting } from '../seats/serve-waiting';

export type PreviewCase = {
  readonly user: PreviewedUser;
  /** As a look at the user would give it, with the tenant's own seats. */
  readonly input: DecideInput;
  /** Since when the user waits for a seat, or would: milliseconds. Among equals the longest is served first. */
  readonly since: number;
};

/** A user whose decision takes a seat of a SKU: which users get one can be told when all are known. */
type Asking = PreviewCase & { readonly digest: string; decision: Decision; effect: PlannedEffect };

const ample: Seats = { free: () => Number.MAX_SAFE_INTEGER, listOnly: () => false };

/**
 * Previews many users together. Each is decided as if there were seats for all; where a SKU has fewer seats than are
 * asked for (freed ones included), they go by priority, then by waiting time, as the waiting list gives them, and
 * all others are decided again without a seat: fallback, or waiting. The order of the users does not matter.
 *
 * Kept in memory are the users who ask for a seat, until the end; of all others nothing is. What users who are alike have
 * in common is kept once.
 */
export class UserPreviewer {
  readonly #builder: ReturnType<typeof makePreviewBuilder>;
  readonly #tally: SeatTally;
  readonly #amply = new AlikeDecider(ample);
  readonly #again = new AlikeDecider();
  /** Who shares a decision holds the same, so that it does the same. */
  readonly #effects = new WeakMap<Decision, PlannedEffect>();
  readonly #asking: Asking[] = [];

  constructor(policy: Policy, catalogue: Catalogue, sink: PreviewSink) {
    this.#builder = makePreviewBuilder(policy, catalogue, sink);
    this.#tally = makeSeatTally(catalogue);
  }

  add(one: PreviewCase): void {
    for (const property of decidingBlanks(one.input)) this.#builder.noteBlank(property);
    const { decision, digest } = this.#amply.decideWithState(one.input);
    const effect = this.#effectOf(one.input, decision);
    if (effect.seats.takes.length > 0) this.#asking.push({ ...one, digest, decision, effect });
    else {
      this.#tally.add(effect.seats);
      this.#builder.add(one.user, one.input.ledger.length > 0, effect, digest);
    }
  }

  finish(): PreviewTotals {
    const scarce = this.#findScarce();
    const isShort = ({ effect }: Asking) => effect.seats.takes.some((skuId) => scarce.has(skuId));
    for (const one of this.#asking) if (!isShort(one)) this.#tally.add(one.effect.seats);
    this.#serve(this.#asking.filter(isShort).sort(byPrecedence), scarce);
    for (const { user, input, effect, digest } of this.#asking) {
      this.#builder.add(user, input.ledger.length > 0, effect, digest);
    }
    return this.#builder.finish();
  }

  /** SKUs of which more seats are asked for than there are. */
  #findScarce(): ReadonlySet<SkuId> {
    const demand = new Map<SkuId, number>();
    for (const { effect } of this.#asking) {
      for (const skuId of effect.seats.takes) demand.set(skuId, (demand.get(skuId) ?? 0) + 1);
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
      one.decision = this.#again.decide({ ...one.input, seats });
      one.effect = this.#effectOf(one.input, one.decision);
      this.#tally.add(one.effect.seats);
    };
    const grant = (entries: readonly WaitingForSeat[]) => {
      const granted = serveWaiting(entries, left, 0);
      for (const { userId, skuId } of granted) {
        served.set(userId, (served.get(userId) ?? new Set()).add(skuId));
      }
      return new Set(granted.map((one) => one.userId));
    };
    grant(
      asking.flatMap((one) =>
        one.effect.seats.takes.filter((id) => scarce.has(id)).map((id) => toEntry(one, id)),
      ),
    );
    for (const one of asking) decideAgain(one);
    for (;;) {
      const waiting = asking.flatMap((one) =>
        one.effect.seats.waits
          .filter((skuId) => !served.get(one.user.id)?.has(skuId))
          .map((skuId) => toEntry(one, skuId)),
      );
      const granted = grant(waiting);
      if (granted.size === 0) return;
      for (const one of asking) {
        if (!granted.has(one.user.id)) continue;
        this.#tally.withdraw(one.effect.seats);
        decideAgain(one);
      }
    }
  }

  #effectOf(input: DecideInput, decision: Decision): PlannedEffect {
    const known = this.#effects.get(decision);
    if (known !== undefined) return known;
    const made = effectOf(input, decision);
    this.#effects.set(decision, made);
    return made;
  }
}

/** Keeps what a preview gives: `whole` has it with its lines, by user id. */
export function keepLines(): PreviewSink & { whole(totals: PreviewTotals): Preview } {
  const lines: PreviewLine[] = [];
  return {
    line: (line) => void lines.push(line),
    whole: (totals) => ({ ...totals, lines: lines.sort((a, b) => compareText(a.user.id, b.user.id)) }),
  };
}

function toEntry({ user, since, decision }: Asking, skuId: SkuId): WaitingForSeat {
  return { skuId, userId: user.id, priority: priorityOf(decision, skuId), since, grantedUntil: null };
}

function priorityOf(decision: Decision, skuId: SkuId): number {
  return decision.entitlement.find((one) => one.skuId === skuId)?.priority ?? 0;
}

/** Fallbacks have seats of their own to share out: the same order of service, by the best that is asked for. */
function byPrecedence(a: Asking, b: Asking): number {
  const best = ({ decision, effect }: Asking) =>
    Math.max(...effect.seats.takes.map((id) => priorityOf(decision, id)));
  return best(b) - best(a) || a.since - b.since || (a.user.id < b.user.id ? -1 : 1);
}
