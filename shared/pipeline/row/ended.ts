import { keepScheduled, withoutAgenda } from './agenda';
import { only } from './effects';
import type { Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { refusedEntry } from './timeline';
import { newUserState } from './user-state';

/** The operation ended without an outcome: hints for this user must not count on it from now on. */
export function released(row: Row, moment: Moment): Step {
  const { state } = row;
  if (state === null) return only(row, { kind: 'done' });
  const isAwaited = state.sentVersion === state.version;
  const isHeadPast = state.retry === null || state.retry.at <= moment.now;
  const kept = isHeadPast ? keepScheduled(state, moment, undefined) : { state, before: [] };
  if (!isAwaited) return { ...only(row, { kind: 'done' }, kept.before), row: { ...row, state: kept.state } };
  return {
    ...only(row, { kind: 'done' }, kept.before),
    row: { ...row, state: { ...kept.state, sentVersion: undefined, digest: null } },
  };
}

/** Handling this user fails for ever: a failure, in the user's row too, which a later outcome settles. */
export function gaveUp(row: Row, event: Extract<RowEvent, { kind: 'gaveUp' }>, { now }: Moment): Step {
  const { reason } = event;
  const before = row.state ?? newUserState(now);
  return {
    row: {
      ...row,
      // The intent stays: whether the write took effect is settled by the next look.
      state: { ...withoutAgenda(before), outcome: 'failed', reasons: [reason], digest: null },
    },
    timeline: [refusedEntry(before, now, reason.text, {})],
    before: [],
    after: [],
    result: { kind: 'giveUp', class: event.class, reason },
  };
}
