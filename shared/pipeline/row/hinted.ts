import { timing } from '../../kernel/timing';
import type { RetryState, UserState } from '../../words/user-state';
import { isChangeSource } from '../../words/messages/hint-source';
import type { Reason } from '../../words/reason';
import { entriesOf, isSuperseded, lookNumber, newEntry, withEntry } from './agenda/agenda';
import { only } from './effects';
import type { Step } from './effects';
import type { Heard, Moment, Row, RowEvent } from './events';
import { parkedUntil } from './pause-codes';
import { hasEndedProcesses, newUserState } from './user-state';

type Hinted = Extract<RowEvent, { kind: 'hinted' }>;

/**
 * A hint has come. It ends here when its message was replaced, when an operator must speak first, while its user stays
 * parked, or when the user is about to be read anyway. Else the handler goes on and looks at the user.
 */
export function hinted(row: Row, { heard, isStillPaused }: Hinted, moment: Moment): Step {
  const { state } = row;
  const { token, source } = heard;
  if (token !== undefined && isSuperseded(state, token)) {
    return only(row, { kind: 'done', note: 'superseded' });
  }
  if (hasEndedProcesses(state) && source !== 'operator') {
    return only(row, { kind: 'done', note: 'needsOperator' });
  }
  if (isStillPaused && staysParked(state, token, moment.now)) {
    const at = parkedUntil(moment);
    return only(row, { kind: 'at', at, cause: 'paused' }, [{ kind: 'resend', at }]);
  }
  return absorb(row, heard, moment) ?? claim(row, heard, moment);
}

/** Even a parked user is looked at in full every 5 minutes: the user and the policy may have changed meanwhile. */
function staysParked(state: UserState | null, token: string | undefined, now: number): boolean {
  const retry = state?.retry ?? null;
  return retry?.key === 'paused' && token === retry.token && now - retry.at < timing.pauses.fullLook.ms;
}

/**
 * One change by us comes back as several hints: the usage location, the license, what the services write back, each
 * by notification and by delta, some duplicated. They are not looked at one by one: a hint is absorbed when the user
 * is about to be read anyway, by apply or by a reconcile that is due, because that read sees what the hint reports.
 */
function absorb(row: Row, heard: Heard, moment: Moment): Step | undefined {
  const { state } = row;
  const { source, messageId } = heard;
  const { now } = moment;
  if (state === null || !isChangeSource(source)) return undefined;
  if (isOfDecision(state, messageId)) return undefined;
  // When it was heard counts, not when its turn came.
  const heardAt = Math.min(now, heard.seenAt);
  if (isAwaited(state, now)) {
    // Apply reads the user afresh. If it has just done so, it must begin anew: a changed row makes it.
    const isOlder = heardAt <= (state.decidedAt ?? 0) - timing.row.skew.ms;
    return only(isOlder ? row : { ...row, state: { ...state } }, { kind: 'done' });
  }
  const { echo, deltaEcho, afterWrite, soon, soonest, writeEnds } = timing.row;
  if (state.intent !== null && Math.abs(now - state.intent.at) < echo.ms) {
    // Changing the row of a write in progress would make its writer start over; 2 s later the write is over.
    const at = now + writeEnds.ms;
    return only(row, { kind: 'at', at, cause: 'echo' }, [{ kind: 'resend', at }]);
  }
  const sinceWrite = heardAt - (state.lastWrite?.at ?? -Infinity);
  const echoMs = source === 'delta' ? deltaEcho.ms : echo.ms;
  const isRead = isDueWithin(state, now, afterWrite.ms) || wasReadAfter(state, heardAt);
  if (sinceWrite < echoMs && isRead) return only(row, { kind: 'done' });
  // Never ahead of now: what a fast clock has stored must not put this look off until then.
  const lastOwnAt = Math.min(
    now,
    Math.max(state.decidedAt ?? 0, state.intent?.at ?? 0, state.lastWrite?.at ?? 0),
  );
  if (heardAt - lastOwnAt >= echo.ms) return undefined;
  if (state.retry !== null && state.retry.at > now) {
    return isDueWithin(state, now, soon.ms) ? only(row, { kind: 'done' }) : undefined;
  }
  const why: Reason = { code: 'graph/echo', text: 'Changes were reported right after our own.' };
  const at = Math.max(lastOwnAt + echo.ms, now + soonest.ms);
  const { state: next, before } = withEntry(
    state,
    newEntry(state, 'echo', why, moment, { at }),
    moment,
    undefined,
  );
  return {
    row: { ...row, state: next },
    timeline: [],
    before,
    after: [],
    result: { kind: 'at', at, cause: 'echo' },
  };
}

/** The message of the decision in the row comes again: a crash may have come between the row and the queue. */
export function isOfDecision(state: UserState | null, messageId: string): boolean {
  return state !== null && state.sentVersion === state.version && state.decidedBy === messageId;
}

/** An operation was sent by the decision that the row shows, and no worker has taken it up yet. */
function isAwaited(state: UserState, now: number): boolean {
  return (
    state.sentVersion === state.version &&
    state.intent === null &&
    // A reconcile is scheduled, or it was given up: then the operation has been taken up, in vain.
    state.retry === null &&
    state.outcome !== 'failed' &&
    Math.abs(now - (state.decidedAt ?? -Infinity)) < timing.row.operationOnItsWay.ms
  );
}

/**
 * A look has read the user since, long enough after the report to show what it was about: the report stood in its queue,
 * as those about a bulk do. A row with something still to come, or an open write, is not settled by that.
 */
function wasReadAfter({ decidedAt, lastWrite, intent, retry, outcome }: UserState, heardAt: number): boolean {
  if (decidedAt === null || lastWrite === null || intent !== null || retry !== null) return false;
  const isSettled = outcome !== null && outcome !== 'failed' && outcome !== 'blocked';
  return isSettled && decidedAt > lastWrite.at && decidedAt - heardAt >= timing.row.echoRead.ms;
}

function isDueWithin({ retry }: UserState, now: number, withinMs: number): boolean {
  return retry !== null && retry.at > now && retry.at <= now + withinMs;
}

/**
 * A message that overtook the commit of its row, which may still be under way, becomes the row's own. Without that, a
 * look that changes nothing would leave the row as that commit expects it, and the row would then wait for a message
 * that has been; the worker that is committing must begin anew instead.
 */
function claim(row: Row, { token, seenAt }: Heard, { now }: Moment): Step {
  if (token === undefined || row.state?.retry?.token === token) return only(row, undefined);
  const state = row.state ?? newUserState(seenAt);
  const why: Reason = { code: 'look/early', text: 'A scheduled look came before the row knew of it.' };
  const retry: RetryState = { token, key: 'echo', attempts: 1, at: now, why };
  const others = entriesOf(state).filter(({ key }) => key !== 'echo');
  const looks = Math.max(state.looks, lookNumber(token));
  const later = others.length === 0 ? undefined : others;
  return only({ ...row, state: { ...state, retry, later, looks } }, undefined);
}
