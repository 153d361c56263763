import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import { isSpent, newEntry, notYetDue, withAgenda, withEntry, withoutAgenda } from './agenda/agenda';
import type { Cause } from './agenda/causes';
import type { EffectBefore, FailureFacts, Step } from './effects';
import type { Moment, Refusal, Row, RowEvent } from './events';
import { refusalFacts, refusedEntry } from './timeline';

type WriteRefused = Extract<RowEvent, { kind: 'writeRefused' }>;

/** Schedules another look, or gives up when this cause has used up its attempts. */
export function requeue(
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
 * The same state is not tried again, a changed one is. What is due later is kept; `cause`: the user is tried again
 * for it all the same.
 */
export function block(
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

/** A failure: only a change of the user, of the policy, or an operator brings another look. */
export function giveUp(row: Row, next: UserState, refusal: Refusal, moment: Moment): Step {
  const { reason, requestId } = refusal;
  return {
    row: { ...row, state: { ...withoutAgenda(next), outcome: 'failed', reasons: [reason] } },
    timeline: [refusedEntry(next, moment.now, reason.text, refusalFacts(refusal))],
    before: [],
    after: [],
    result: { kind: 'giveUp', class: refusal.class, reason, requestId },
  };
}
