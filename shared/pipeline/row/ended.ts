import { keepScheduled, withoutAgenda } from './agenda/agenda';
import { only } from './effects';
import type { Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { refusedEntry } from './timeline';
import { newUserState } from './user-state';

/** The operation ended without an outcome: hints for this user must not count on it from now on. */
export function released(row: Row): Step {
  const { state } = row;
  if (state === null || state.sentVersion !== state.version) return only(row, { kind: 'done' });
  return only({ ...row, state: { ...state, sentVersion: undefined, digest: null } }, { kind: 'done' });
}

/** The message in hand ends without a look at the user: what else is due must not wait for it. */
export function dropped(row: Row, event: Extract<RowEvent, { kind: 'dropped' }>, moment: Moment): Step {
  if (row.state === null) return only(row, { kind: 'done' });
  const kept = keepScheduled(row.state, moment, event.token);
  const next = kept.state === row.state ? row : { ...row, state: kept.state };
  return only(next, { kind: 'done' }, kept.before);
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
