import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import { newEntry, notYetDue, withEntry } from './agenda/agenda';
import type { Cause } from './agenda/causes';
import { afterReadLag } from './agenda/dates';
import { only } from './effects';
import type { EffectAfter, EffectBefore, Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { missing } from './missing';
import { block, giveUp, requeue } from './refusal-steps';
import { notPermitted, park, parkForSuspect } from './suspected';
import { refusedEntry } from './timeline';
import { newUserState } from './user-state';

type WriteRefused = Extract<RowEvent, { kind: 'writeRefused' }>;
type ReadRefused = Extract<RowEvent, { kind: 'readRefused' }>;

/** Refusals because others write to this very user: after so many in one message, the lane is for others. */
const mostConcurrency = 10;

/** Graph refused a write. A write that stays open has a look to come, which settles it. */
export function writeRefused(row: Row, event: WriteRefused, moment: Moment): Step {
  const step = answerRefusal(row, event, moment);
  const { state } = step.row;
  const isOpen = state !== null && state.intent !== null && step.result?.kind !== 'again';
  if (!isOpen || notYetDue(state, undefined, moment.now).length > 0) return step;
  const why: Reason = { code: 'graph/lag', text: 'No read has shown an unanswered write yet.' };
  const at = afterReadLag(state.intent.at);
  const due = withEntry(state, newEntry(state, 'interruptedWrite', why, moment, { at }), moment, undefined);
  return { ...step, row: { ...step.row, state: due.state }, before: [...step.before, ...due.before] };
}

/**
 * The one switch from the class of the refusal to what happens next. `again` reads and decides afresh at once; the
 * intent stays in the row until a read has settled it.
 */
function answerRefusal(row: Row, event: WriteRefused, moment: Moment): Step {
  const { refusal, seen, times, suspect } = event;
  const { reason, retryAfterMs } = refusal;
  const state = row.state ?? newUserState(seen.readAt);
  // A refused call changes nothing (all or nothing), so the intent is over with it. The usage location, if one was to
  // be set, may have been. An earlier call of the same write that went unanswered may have taken effect, and only the
  // intent says so then.
  const closed: UserState = event.hasGoneUnanswered ? state : { ...state, intent: null };
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
      return requeue(row, closed, 'usageLocation', reason, moment, { first });
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
      // Known from now on: the SKU is blocked for everybody, and the rest is written.
      if (times === 1 && event.isLesson) return only(row, { kind: 'again', isAttempt: true });
      const parked = parkForSuspect(row, closed, refusal, suspect, moment, undefined);
      // The SKU is paused now; what else is to be written goes on without it.
      if (parked !== undefined)
        return event.isRest ? { ...parked, result: { kind: 'again', isAttempt: true } } : parked;
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
