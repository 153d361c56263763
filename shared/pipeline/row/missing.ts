import { timing } from '../../kernel/timing';
import type { Reason } from '../../words/reason';
import { entryOf, keepScheduled, newEntry, notYetDue, withEntry, withoutAgenda } from './agenda/agenda';
import { only } from './effects';
import type { Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { newUserState } from './user-state';

/** Graph answers 404: not there yet, or not there any more. Only time tells. */
export function missing(
  row: Row,
  { seenAt, token, isRemoved = false, isBulk = false }: Extract<RowEvent, { kind: 'missing' }>,
  moment: Moment,
): Step {
  const { now } = moment;
  const before = row.state ?? newUserState(seenAt);
  const missingSince = before.missingSince ?? now;
  if (isRemoved || now - missingSince >= timing.row.goneAfter.ms) {
    const reason: Reason = {
      code: 'user/gone',
      text: isRemoved
        ? 'Graph reports that this user was deleted.'
        : 'Graph has not known this user for 10 minutes: deleted, or never there.',
    };
    if (before.outcome === 'outOfScope' && before.reasons[0]?.code === reason.code) {
      return only(row, { kind: 'done' }, [{ kind: 'leaveAllLists' }]);
    }
    return {
      row: {
        ...row,
        state: {
          ...withoutAgenda(before),
          outcome: 'outOfScope',
          reasons: [reason],
          skus: [],
          missingSince,
          // An operation that was sent finds no user. One who is restored within minutes is looked at, as if none had been.
          sentVersion: undefined,
          digest: null,
        },
      },
      timeline: [{ version: before.version, step: 'gone', at: now, text: reason.text, facts: {} }],
      before: [{ kind: 'leaveAllLists' }],
      after: [],
      result: { kind: 'done' },
    };
  }
  // Another look for this is scheduled; the one in hand must not wait for itself.
  const scheduled = notYetDue(before, token, now).find(({ key }) => key === 'missing');
  if (scheduled !== undefined && entryOf(before, 'missing') !== undefined) {
    // What else is due must not wait for the message in hand, which has been.
    const kept = keepScheduled(before, moment, token);
    const isSame = row.state === null || kept.state === row.state;
    return { ...only(row, { kind: 'done' }, kept.before), row: isSame ? row : { ...row, state: kept.state } };
  }
  const why: Reason = { code: 'user/missing', text: 'Graph does not know this user (yet).' };
  const at = isBulk ? now + timing.row.unknownInCrowd.ms * (0.25 + moment.chance) : undefined;
  const entry = newEntry(before, 'missing', why, moment, { at });
  const due = withEntry({ ...before, missingSince }, entry, moment, token);
  return {
    row: { ...row, state: due.state },
    timeline: [],
    before: due.before,
    after: [],
    result: { kind: 'at', at: entry.at, cause: 'missing' },
  };
}
