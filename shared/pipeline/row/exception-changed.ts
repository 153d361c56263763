import type { Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { newUserState } from './user-state';

/** A person changed the user's exceptions. The row changes, so a handler that is deciding or writing begins anew. */
export function exceptionChanged(
  row: Row,
  { exception, text, facts }: Extract<RowEvent, { kind: 'exceptionChanged' }>,
  { now }: Moment,
): Step {
  const before = row.state ?? newUserState(now);
  const version = before.version + 1;
  return {
    // Without a digest no look takes the user for decided.
    row: { ...row, state: { ...before, version, digest: null } },
    exception,
    timeline: [{ version, step: 'pinned', at: now, text, facts }],
    before: [],
    after: [{ kind: 'look', source: 'operator' }],
    result: { kind: 'done' },
  };
}
