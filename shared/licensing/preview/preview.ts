import type { PolicyHash, UserId } from '../../kernel/ids';
import type { Policy } from '../../policy/policy';
import type { Catalogue } from '../catalogue/catalogue';
import type { GuardCounters } from '../guards/guard-counts';
import { makeNamedThings } from '../catalogue/named-things';
import type { PlannedChange, PlannedEffect } from './planned-effect';
import type { SeatsAfter } from './seat-tally';
import { makeSeatTally } from './seat-tally';
import type { Outcome } from '../../words/outcome';
import type { Reason } from '../../words/reason';
import { outcomes } from '../../words/outcome';

export type PreviewedUser = { readonly id: UserId; readonly userPrincipalName: string | null };

/** What would happen to one user; users for whom all is right have no line. */
export type PreviewLine = PlannedChange & {
  readonly user: PreviewedUser;
  readonly outcome: Outcome;
  readonly reduction: boolean;
  readonly reasons: readonly Reason[];
  /** The user's `stateDigest`, and `comparableChange`: by them a rollout knows whether the user has moved since. */
  readonly digest: string;
  readonly change: string;
};

/** A preview but for its lines: it is as small for a million users as for ten. */
export type PreviewTotals = {
  readonly policyHash: PolicyHash;
  /**
   * The state the preview was made from: the users' digests (`stateDigest`) taken together, whatever their order, in
   * 64 hex digits. What it shows is carried out only while that still holds.
   */
  readonly stateHash: string;
  readonly users: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** SKUs of which the number changes or for which a user waits, by part number. */
  readonly seats: readonly SeatsAfter[];
  /** Per month, over SKUs with a price; null: the policy names no prices. */
  readonly cost: { readonly before: number; readonly after: number } | null;
  /** Users outside the scope whose accounts have no userType. */
  readonly withoutUserType: number;
  /** Users of whom a blank around a property alone changes what the scope or a rule says, by property. */
  readonly decidingBlanks: Readonly<Record<string, number>>;
  /** What the guards would count if everything were carried out at once. */
  readonly guards: GuardCounters;
};

export type Preview = PreviewTotals & {
  /** Sorted by user id. */
  readonly lines: readonly PreviewLine[];
};

/** Where the lines of a preview go. */
export type PreviewSink = {
  /** Each line once, in no order: a user's comes when what happens to that user is known, which may be at the end. */
  readonly line: (line: PreviewLine) => void;
  /** Each user once, with their `stateDigest`; default: these are not wanted. */
  readonly user?: (id: UserId, digest: string) => void;
};

export type PreviewBuilder = {
  /** `hasLedger`: the user holds licenses that are the product's. `digest`: the user's `stateDigest`. */
  add(user: PreviewedUser, hasLedger: boolean, effect: PlannedEffect, digest: string): void;
  /** A property as `decidingBlanks` has found it, of one user. */
  noteBlank(property: string): void;
  finish(): PreviewTotals;
};

const hashes = 1n << 256n;

/** Adds up decisions, one user at a time, into what `licenser plan` shows. Nothing is written. */
export function makePreviewBuilder(policy: Policy, catalogue: Catalogue, sink: PreviewSink): PreviewBuilder {
  const tally = makeSeatTally(catalogue);
  const counts = Object.fromEntries(outcomes.map((one) => [one, 0])) as Record<Outcome, number>;
  let users = 0;
  let state = 0n;
  let usersWithLedger = 0;
  let withoutUserType = 0;
  const blanks = new Map<string, number>();
  let reductions = 0;
  let changes = 0;
  return {
    add(user, hasLedger, effect, digest) {
      users += 1;
      counts[effect.outcome] += 1;
      state += BigInt(`0x${digest}`);
      if (hasLedger) usersWithLedger += 1;
      if (effect.isWithoutUserType) withoutUserType += 1;
      if (effect.guards.reduction) reductions += 1;
      if (effect.guards.change) changes += 1;
      tally.add(effect.seats);
      sink.user?.(user.id, digest);
      if (effect.hasLine) sink.line(toLine(user, effect, digest));
    },
    noteBlank: (property) => void blanks.set(property, (blanks.get(property) ?? 0) + 1),
    finish: () => ({
      policyHash: policy.hash,
      stateHash: (state % hashes).toString(16).padStart(64, '0'),
      users,
      outcomes: { ...counts },
      seats: tally.seatsAfter(),
      cost: findCost(policy, catalogue, tally.seatsAfter()),
      withoutUserType,
      decidingBlanks: Object.fromEntries(blanks),
      guards: { usersWithLedger, reductions, changes },
    }),
  };
}

function toLine(user: PreviewedUser, effect: PlannedEffect, digest: string): PreviewLine {
  const { gains, loses, plansOn, plansOff, usageLocation, outcome, reasons, change } = effect;
  const { reduction } = effect.guards;
  return {
    user,
    outcome,
    gains,
    loses,
    plansOn,
    plansOff,
    usageLocation,
    reduction,
    reasons,
    change,
    digest,
  };
}

function findCost(
  policy: Policy,
  catalogue: Catalogue,
  forecast: readonly SeatsAfter[],
): PreviewTotals['cost'] {
  const prices = Object.entries(policy.prices);
  if (prices.length === 0) return null;
  const things = makeNamedThings(policy.bindings, catalogue);
  const changes = new Map(forecast.map((one) => [one.skuId, one.consumedAfter - one.consumedBefore]));
  let before = 0;
  let change = 0;
  for (const [reference, price] of prices) {
    const sku = things.sku(reference);
    if (sku.kind !== 'is') continue;
    before += price * sku.it.consumedUnits;
    change += price * (changes.get(sku.it.skuId) ?? 0);
  }
  const cents = (amount: number) => Math.round(amount * 100) / 100;
  return { before: cents(before), after: cents(before + change) };
}
