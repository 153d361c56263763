import { soughtSeats } from '../../licensing/seats/sought-seats';
import type { SkuId } from '../../kernel/ids';
import type { UserState } from '../../words/user-state';
import type { Row, Seen } from './events';

/** The row of a user who has not been looked at before. `firstSeenAt`: milliseconds. */
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
 * The outcome that stands once the decision's operation (if any) is done. "Nothing to do" for a user whom the product
 * licensed earlier leaves them licensed: `nothing` is for users who are right without the product.
 */
export function standingOutcome({
  decision: { outcome, ledger },
}: {
  readonly decision: Pick<Seen['decision'], 'outcome' | 'ledger'>;
}): string {
  return outcome === 'nothing' && ledger.length > 0 ? 'licensed' : outcome;
}

/** When a look first found the user in Graph, if that can still be told; this look counts. */
export function foundSince(before: UserState | null, now: number): number | undefined {
  return before?.foundAt ?? (before === null || before.decidedAt === null ? now : undefined);
}

/** The row after a look whose decision stands: nothing is to be written, or it has been. The agenda stays. */
export function decidedState(before: UserState, seen: Seen, now: number): UserState {
  return {
    ...before,
    outcome: standingOutcome(seen),
    reasons: seen.decision.reasons,
    skus: seen.decision.skus,
    digest: seen.digest,
    policyHash: seen.decision.policyHash,
    userPrincipalName: seen.userPrincipalName,
    displayName: seen.displayName,
    foundAt: foundSince(before, now),
    decidedAt: now,
    missingSince: null,
  };
}

/** True when the row already says what this look found, so that nothing needs to be stored. */
export function saysTheSame({ state: before, ledger }: Row, next: UserState, seen: Seen): boolean {
  return (
    before !== null &&
    before.outcome === next.outcome &&
    before.policyHash === next.policyHash &&
    before.digest === next.digest &&
    before.intent === null &&
    before.missingSince === null &&
    // The operation of an earlier decision is still awaited: it must be seen to be over.
    before.sentVersion !== before.version &&
    seen.interrupted === null &&
    JSON.stringify([before.retry, before.later ?? []]) === JSON.stringify([next.retry, next.later ?? []]) &&
    JSON.stringify(before.reasons) === JSON.stringify(next.reasons) &&
    JSON.stringify(ledger) === JSON.stringify(seen.decision.ledger)
  );
}

/** The waiting lists that the user's row says they are on. */
export function listsOfRow({ state }: Pick<Row, 'state'>): SkuId[] {
  return soughtSeats(state?.skus ?? []).map(({ skuId }) => skuId);
}

/**
 * The waiting lists that this look leaves the user on: what it seeks, and the reservations that a write is to use, now or
 * when a pause ends. One that no write uses goes to the next user at once.
 */
export function listsOfSeen({
  decision,
  granted,
  leftFor,
}: Pick<Seen, 'decision' | 'granted' | 'leftFor'>): SkuId[] {
  const used = granted.filter(
    (skuId) => leftFor !== null || decision.operation?.add.some((license) => license.skuId === skuId),
  );
  return [...soughtSeats(decision.skus).map(({ skuId }) => skuId), ...used];
}

/** Handling this user ended the app's process again and again. */
export const crashCode = 'crash/handling';

/** The user is looked at again only when an operator says so. */
export function hasEndedProcesses(state: UserState | null): boolean {
  return state?.outcome === 'failed' && state.reasons[0]?.code === crashCode;
}
