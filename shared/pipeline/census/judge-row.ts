import { isDeepStrictEqual } from 'node:util';
import type { UserRecord } from '../../store/ports/user-store';
import type { SeenUser } from '../look/seen-user';
import { standingOutcome } from '../row/user-state';
import { timing } from '../../kernel/timing';

/** A decision on what a listing says of a user, with what it rests on. */
export type ListedUser = Pick<SeenUser, 'input' | 'decision' | 'digest'>;

/** What the census makes of one user. `look`: the row does not say what a fresh decision says. */
export type RowVerdict = {
  readonly kind: 'fine' | 'look' | 'coming';
  readonly inScope: boolean;
  /** In scope, and without an outcome so far. */
  readonly isWithoutOutcome: boolean;
  /** To be looked at because of a change that the deltas should have told. */
  readonly isUntold: boolean;
};

/**
 * Does the user's row say what deciding now says? `coming`: not yet, but a worker is at it. A user outside the
 * scope who has no row needs none. Pure; the look may rest on a listing that lags, so it is no more than a reason to
 * look.
 */
export function judgeRow(record: UserRecord, look: ListedUser): RowVerdict {
  const { now } = look.input;
  const { state } = record;
  const inScope = look.decision.outcome !== 'outOfScope';
  const isWithoutOutcome = inScope && (state?.outcome ?? null) === null;
  const verdict = (kind: RowVerdict['kind']): RowVerdict => ({
    kind,
    inScope,
    isWithoutOutcome,
    isUntold: kind === 'look' && inScope && (state === null || hasChanged(state, look)),
  });
  if (state === null) return verdict(inScope || look.decision.operation !== undefined ? 'look' : 'fine');
  // Answered 404 when it was last looked at, and is in the directory: back, or seen for the first time.
  const wasGone = state.missingSince !== null && state.retry === null;
  if (wasGone) return verdict('look');
  if (state.retry !== null && state.retry.at > now - timing.census.overdue.ms) return verdict('coming');
  if (state.intent !== null)
    return verdict(Math.abs(now - state.intent.at) < timing.census.underWay.ms ? 'coming' : 'look');
  if (state.outcome === null) {
    return verdict(
      now - (state.decidedAt ?? state.firstSeenAt) < timing.census.underWay.ms ? 'coming' : 'look',
    );
  }
  return verdict(saysWhatDecidingSays(record, look) ? 'fine' : 'look');
}

/** Settled by the same policy, and something else of the user now. After our write there is no digest to tell. */
function hasChanged(state: NonNullable<UserRecord['state']>, { decision, digest }: ListedUser): boolean {
  const isSettled = state.outcome !== null && state.retry === null && state.intent === null;
  const isSamePolicy = state.policyHash === decision.policyHash;
  return isSettled && isSamePolicy && state.digest !== null && state.digest !== digest;
}

function saysWhatDecidingSays({ state, ledger }: UserRecord, look: ListedUser): boolean {
  if (state === null || state.policyHash !== look.decision.policyHash) return false;
  if (state.digest === look.digest) return true;
  if (look.decision.operation !== undefined) {
    // Held back by a guard, or by the mode: the holder releases it.
    return state.outcome === 'held';
  }
  return state.outcome === standingOutcome(look) && isDeepStrictEqual(ledger, look.decision.ledger);
}
