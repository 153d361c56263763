import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import { entriesOf, entryOf, newEntry, withEntry } from './agenda/agenda';
import type { Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { decisionState, decisionTimeline } from './decided';
import { parkedUntil, refusedCode } from './pause-codes';
import { newUserState } from './user-state';

/** The scope that a parked user waits for. */
export function parkedScope(state: UserState | null): string | undefined {
  const retry = state?.retry ?? null;
  return retry?.key === 'paused' ? retry.why.code.slice(retry.why.code.indexOf('/') + 1) : undefined;
}

/** Graph refused this very user for this scope at the last try. */
export function wasRefused(state: UserState | null, scope: string): boolean {
  return (
    entryOf(state, 'permission') !== undefined ||
    entriesOf(state).some(({ why }) => why.code === refusedCode(scope))
  );
}

/** The reason of the refusal that this user was parked for, if it was for this scope. */
export function refusedFor(state: UserState | null, scope: string): Reason | undefined {
  return entriesOf(state).find(({ why }) => why.code === refusedCode(scope))?.why;
}

/** A pause stops the work: the row says why, and a reconcile is scheduled. A later park of the same user replaces it. */
export function paused(row: Row, event: Extract<RowEvent, { kind: 'paused' }>, moment: Moment): Step {
  const { scope, why, decided, seenAt, token } = event;
  // A rollout's decision is the user's only once it has been written.
  const isRecorded = decided !== undefined && (decided.seen.rolloutId === null || row.state === null);
  const before = isRecorded
    ? decisionState(row, decided.seen, decided.heard, moment.now)
    : (row.state ?? newUserState(seenAt));
  const entry = newEntry(before, 'paused', why, moment, { at: parkedUntil(moment) });
  const parked = withEntry(before, entry, moment, token);
  return {
    row: { ...row, state: parked.state },
    timeline: isRecorded ? decisionTimeline(row, decided.seen, decided.heard, moment.now) : [],
    before: parked.before,
    after: [],
    result: { kind: 'park', scope },
  };
}
