import { nameOf } from '../look/look-at-user';
import type { SeenUser } from '../look/look-at-user';
import type { RetryState, UserState } from '../../words/user-state';
import type { UserRecord } from '../../store/ports/user-store';

/** The row of a user nobody has looked at before. */
export function newUserState(firstSeenAt: number): UserState {
  return {
    version: 0,
    tries: 0,
    outcome: null,
    reasons: [],
    skus: [],
    digest: null,
    policyHash: null,
    userPrincipalName: null,
    displayName: null,
    firstSeenAt,
    decidedAt: null,
    writtenAt: null,
    verifiedAt: null,
    missingSince: null,
    intent: null,
    lastWrite: null,
    retry: null,
    looks: 0,
  };
}

/**
 * The outcome that stands once the decision's operation (if any) is done. "Nothing to do" for a user whom we
 * licensed earlier leaves them licensed: `nothing` is for those who are right without our doing.
 */
export function standingOutcome(look: Pick<SeenUser, 'decision'>): string {
  const { outcome, ledger } = look.decision;
  return outcome === 'nothing' && ledger.length > 0 ? 'licensed' : outcome;
}

/** The row with a look scheduled: its number is remembered beyond it, so that an older look's hint is known. */
export function withRetry(state: UserState, retry: RetryState | null): UserState {
  return retry === null
    ? { ...state, retry }
    : { ...state, retry, looks: Math.max(state.looks, lookNumber(retry.token)) };
}

export function lookNumber(token: string): number {
  return Number.parseInt(token, 10) || 0;
}

/** When a look first found the user in Graph, if that can still be told; this look counts. */
export function foundSince(before: UserState | null, now: number): number | undefined {
  return before?.foundAt ?? (before === null || before.decidedAt === null ? now : undefined);
}

/** The row after a look whose decision stands: nothing is to be written, or it has been. */
export function decidedState(before: UserState, look: SeenUser, now: number): UserState {
  return {
    ...before,
    outcome: standingOutcome(look),
    reasons: look.decision.reasons,
    skus: look.decision.skus,
    digest: look.digest,
    policyHash: look.decision.policyHash,
    userPrincipalName: nameOf(look.user, 'userPrincipalName'),
    displayName: nameOf(look.user, 'displayName'),
    foundAt: foundSince(before, now),
    decidedAt: now,
    missingSince: null,
    retry: null,
  };
}

/** True when the row already says what this look found, so that nothing needs to be stored. */
export function saysTheSame(record: UserRecord, next: UserState, look: SeenUser): boolean {
  const before = record.state;
  return (
    before !== null &&
    before.outcome === next.outcome &&
    before.policyHash === next.policyHash &&
    before.digest === next.digest &&
    before.intent === null &&
    before.retry === null &&
    before.missingSince === null &&
    // The operation of an earlier decision is still awaited: it must be seen to be over.
    before.sentVersion !== before.version &&
    look.interrupted === null &&
    JSON.stringify(before.reasons) === JSON.stringify(next.reasons) &&
    JSON.stringify(record.ledger) === JSON.stringify(look.decision.ledger)
  );
}
