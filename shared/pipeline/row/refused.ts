import { timing } from '../../kernel/timing';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import { entryOf, isSpent, newEntry, notYetDue, withAgenda, withEntry, withoutAgenda } from './agenda';
import type { Cause } from './causes';
import { only } from './effects';
import type { EffectAfter, EffectBefore, FailureFacts, Step } from './effects';
import type { Moment, Refusal, Row, RowEvent, Suspect } from './events';
import { missing } from './missing';
import { parkedUntil, refusedCode, wasRefused } from './parked';
import { refusalFacts, refusedEntry } from './timeline';
import { newUserState } from './user-state';

type WriteRefused = Extract<RowEvent, { kind: 'writeRefused' }>;
type ReadRefused = Extract<RowEvent, { kind: 'readRefused' }>;

/** Refusals because others write to this very user: after so many in one message, the lane is for others. */
const mostConcurrency = 10;

/**
 * Graph refused a write: the one switch from the class of the refusal to what happens next. `again` reads and decides
 * afresh at once; the intent stays in the row until a read has settled it.
 */
export function writeRefused(row: Row, event: WriteRefused, moment: Moment): Step {
  const { refusal, seen, times, suspect } = event;
  const { reason, retryAfterMs } = refusal;
  const state = row.state ?? newUserState(seen.readAt);
  // A refusal by a rule of licensing changes nothing (all or nothing), so the intent is over with it. The usage
  // location, if one was to be set, may have been.
  const closed: UserState = { ...state, intent: null };
  // An answer for good: a user whom a rollout was to move has been moved, to this answer.
  const answered: UserState = { ...closed, policyHash: seen.decision.policyHash };
  const requeued = (next: UserState, cause: Cause, first: readonly EffectBefore[] = []) =>
    requeue(row, next, cause, reason, moment, { first, retryAfterMs });
  const unreserve: readonly EffectAfter[] = [{ kind: 'leaveLists', skuIds: seen.granted, staying: [] }];
  const backOff: readonly EffectBefore[] = [{ kind: 'backOff', retryAfterMs }];
  switch (refusal.class) {
    case 'throttled':
      return only(row, { kind: 'again', isAttempt: false }, backOff);
    case 'concurrency':
      if (times <= mostConcurrency) return only(row, { kind: 'again', isAttempt: false }, backOff);
      return requeue(row, closed, 'unavailable', reason, moment, { first: backOff });
    case 'ambiguous':
      // It may have been applied: only reading back tells.
      return only(row, { kind: 'again', isAttempt: true });
    case 'notHeld':
      if (times === 1) return only(row, { kind: 'again', isAttempt: true });
      return requeue(row, closed, 'unavailable', reason, moment);
    case 'seats': {
      const first: readonly EffectBefore[] = [{ kind: 'voidSeats', skuIds: event.skuIds }];
      if (times === 1) return only(row, { kind: 'again', isAttempt: true }, first);
      // Deciding again came to the same call, such as a plan change: only time brings a seat.
      const waiting = { ...answered, outcome: state.outcome ?? 'waiting', reasons: [reason] };
      return requeue(row, waiting, 'seats', reason, moment, { first });
    }
    case 'gone':
      return missing(
        { ...row, state: closed },
        { kind: 'missing', seenAt: seen.readAt, token: undefined },
        moment,
      );
    case 'unavailable':
      return requeued(state, 'unavailable');
    case 'usageLocation': {
      const isNew = event.operation.usageLocation !== undefined && refusal.status !== 0;
      const first: readonly EffectBefore[] = isNew ? [{ kind: 'noteLocationLag' }] : [];
      // The same write went unanswered before: it may have taken effect, and only the intent says so then.
      const next = event.hasGoneUnanswered ? state : closed;
      return requeue(row, next, 'usageLocation', reason, moment, { first });
    }
    case 'prohibitedLocation':
    case 'conflict':
    case 'dependency':
    case 'uniqueness':
    case 'inherited':
      // Knowing what Graph taught, the decision is another one; the same one again would be refused again.
      if (times === 1 && event.isLesson) return only(row, { kind: 'again', isAttempt: true });
      return { ...block(row, answered, event, moment), after: unreserve };
    case 'ownTrouble':
      // No change of the user reports that the trouble is over, so the user is tried again now and then.
      return { ...block(row, answered, event, moment, 'ownTrouble'), after: unreserve };
    case 'permission':
      return notPermitted(row, closed, refusal, suspect, moment, undefined);
    case 'configuration': {
      const parked = parkForSuspect(row, closed, refusal, suspect, moment, undefined);
      if (parked !== undefined) return parked;
      return { ...giveUp(row, { ...closed, digest: seen.digest }, refusal, moment), after: unreserve };
    }
    case 'unknown':
    case 'withheld':
      // Nothing is known of it, so it may pass; it is given up after several attempts.
      return { ...requeue(row, closed, 'unknown', reason, moment), after: unreserve };
    case 'badRequest':
    case 'syncStateLost':
    case 'subscriptionExists':
      return { ...giveUp(row, { ...answered, digest: seen.digest }, refusal, moment), after: unreserve };
  }
}

/** Graph refused to show the user: it passes, or a permission is missing, or it is given up. */
export function readRefused(row: Row, event: ReadRefused, moment: Moment): Step {
  const { refusal, seenAt, suspect, token } = event;
  const { reason, retryAfterMs } = refusal;
  const state = row.state ?? newUserState(seenAt);
  switch (refusal.class) {
    case 'throttled':
    case 'concurrency':
    case 'unavailable':
    case 'ambiguous':
      return requeue(row, state, 'unavailable', reason, moment, { retryAfterMs, token });
    case 'permission':
      return notPermitted(row, state, refusal, suspect, moment, token);
    case 'withheld':
      // Never one user's own trouble: the app may not see names of groups. Nothing is decided.
      return park(row, state, refusal, suspect, moment, token);
    case 'unknown':
      return requeue(row, { ...state, digest: null }, 'unknown', reason, moment, { token });
    case 'ownTrouble': {
      const entry = newEntry(state, 'ownTrouble', reason, moment);
      const blocked: UserState = { ...state, outcome: 'blocked', reasons: [reason], digest: null };
      const due = withEntry(blocked, entry, moment, token);
      return {
        row: { ...row, state: due.state },
        timeline: [refusedEntry(state, moment.now, reason.text, {})],
        before: due.before,
        after: [],
        result: { kind: 'block', reason },
      };
    }
    default:
      // Nothing was decided: the next hint looks again, whatever it finds.
      return giveUp(row, { ...state, digest: null }, refusal, moment);
  }
}

/** Schedules another look, or gives up when this cause has used up its attempts. */
function requeue(
  row: Row,
  next: UserState,
  cause: Cause,
  why: Reason,
  moment: Moment,
  options: {
    readonly first?: readonly EffectBefore[];
    readonly retryAfterMs?: number | undefined;
    readonly token?: string | undefined;
    readonly failure?: FailureFacts;
  } = {},
): Step {
  const { first = [], retryAfterMs, token, failure } = options;
  if (isSpent(next, cause)) {
    return {
      row: { ...row, state: { ...withoutAgenda(next), outcome: 'failed', reasons: [why] } },
      timeline: [refusedEntry(next, moment.now, why.text, { key: cause })],
      before: first,
      after: [],
      result: { kind: 'giveUp', class: cause, reason: why },
    };
  }
  const entry = newEntry(next, cause, why, moment, { retryAfterMs });
  const due = withEntry(next, entry, moment, token);
  return {
    row: { ...row, state: due.state },
    timeline: [],
    before: [...first, ...due.before],
    after: [],
    result: { kind: 'at', at: entry.at, cause, ...(failure === undefined ? {} : { failure }) },
  };
}

/**
 * 401 or 403. The app lacks a permission, as a rule: the scope is paused and the user parked. When others are served,
 * it is this user's own trouble: looked at again, and a failure from the second time on.
 */
function notPermitted(
  row: Row,
  next: UserState,
  refusal: Refusal,
  suspect: Suspect | undefined,
  moment: Moment,
  token: string | undefined,
): Step {
  const parked = parkForSuspect(row, next, refusal, suspect, moment, token);
  if (parked !== undefined) return parked;
  const { reason, requestId } = refusal;
  const isRepeated = suspect !== undefined && wasRefused(row.state, suspect.scope);
  const failure: FailureFacts = { class: refusal.class, reason, requestId };
  return requeue(row, next, 'permission', reason, moment, { token, ...(isRepeated ? { failure } : {}) });
}

/** Graph would refuse any user this: the scope is paused, and the user, who is no failure, waits for it. */
function parkForSuspect(
  row: Row,
  next: UserState,
  refusal: Refusal,
  suspect: Suspect | undefined,
  moment: Moment,
  token: string | undefined,
): Step | undefined {
  if (suspect === undefined || isOwnTrouble(row.state, suspect, moment.now)) return undefined;
  return park(row, next, refusal, suspect, moment, token);
}

function park(
  row: Row,
  next: UserState,
  { reason }: Refusal,
  { scope, origin, by }: Suspect,
  moment: Moment,
  token: string | undefined,
): Step {
  const why: Reason = { code: refusedCode(scope), text: reason.text };
  const entry = newEntry(next, 'paused', why, moment, { at: parkedUntil(moment) });
  const parked = withEntry(next, entry, moment, token);
  return {
    row: { ...row, state: parked.state },
    timeline: [],
    before: [{ kind: 'pause', scope, origin, reason: reason.text, by }, ...parked.before],
    after: [],
    result: { kind: 'park', scope },
  };
}

/**
 * Is a refusal about this user alone? It is when the same worked for another user in the last seconds, or since this
 * very user was refused before: a user in a restricted management unit, for example, is refused while others are not.
 */
function isOwnTrouble(state: UserState | null, { scope, workedAt }: Suspect, now: number): boolean {
  const permission = entryOf(state, 'permission');
  if (permission !== undefined && permission.attempts > 1) return true;
  if (workedAt === undefined) return false;
  if (now - workedAt < timing.pauses.successRecent.ms) return true;
  const last = permission ?? entryOf(state, 'paused');
  if (last === undefined || !wasRefused(state, scope)) return false;
  return workedAt > last.at - timing.pauses.longestLook.ms;
}

/**
 * The same state is not tried again, a changed one is. What is due later is kept; `cause`: the user is tried again
 * for it all the same.
 */
function block(
  row: Row,
  answered: UserState,
  { refusal, seen }: WriteRefused,
  moment: Moment,
  cause?: Cause,
): Step {
  const { reason } = refusal;
  const blocked: UserState = {
    ...answered,
    outcome: 'blocked',
    reasons: [reason],
    skus: seen.decision.skus,
    digest: seen.digest,
  };
  const pending = notYetDue(answered, undefined, moment.now).filter(({ key }) => key !== cause);
  const again = cause === undefined ? [] : [newEntry(answered, cause, reason, moment)];
  const agenda = withAgenda(blocked, [...again, ...pending], moment, undefined);
  return {
    row: { ...row, state: agenda.state },
    timeline: [refusedEntry(answered, moment.now, reason.text, refusalFacts(refusal))],
    before: agenda.before,
    after: [],
    result: { kind: 'block', reason },
  };
}

function giveUp(row: Row, next: UserState, refusal: Refusal, moment: Moment): Step {
  const { reason, requestId } = refusal;
  return {
    row: { ...row, state: { ...withoutAgenda(next), outcome: 'failed', reasons: [reason] } },
    timeline: [refusedEntry(next, moment.now, reason.text, refusalFacts(refusal))],
    before: [],
    after: [],
    result: { kind: 'giveUp', class: refusal.class, reason, requestId },
  };
}
