import { decided, proposed } from './decided';
import type { Step } from './effects';
import { dropped, gaveUp, released } from './ended';
import type { Moment, Row, RowEvent } from './events';
import { exceptionChanged } from './exception-changed';
import { hinted } from './hinted';
import { looked } from './looked';
import { missing } from './missing';
import { paused } from './parked';
import { readRefused, writeRefused } from './refused';
import { keepSince } from './standing/keep-since';
import { verified } from './verified';
import { intended, written } from './written';
import { writtenLate } from './written-late';

/**
 * The machine: what becomes of a user's row when something happens to the user, and what is to be done about it. Pure:
 * the same row, event and moment give the same step. shared/pipeline/perform.ts performs steps.
 */
export function next(row: Row, event: RowEvent, moment: Moment): Step {
  return keepSince(row.state, follow(row, event, moment), event.kind, moment.now);
}

function follow(row: Row, event: RowEvent, moment: Moment): Step {
  switch (event.kind) {
    case 'hinted':
      return hinted(row, event, moment);
    case 'looked':
      return looked(row, event, moment);
    case 'proposed':
      return proposed(row, event, moment);
    case 'decided':
      return decided(row, event, moment);
    case 'paused':
      return paused(row, event, moment);
    case 'intended':
      return intended(row, event, moment);
    case 'written':
      return written(row, event, moment);
    case 'writtenLate':
      return writtenLate(row, event, moment);
    case 'writeRefused':
      return writeRefused(row, event, moment);
    case 'readRefused':
      return readRefused(row, event, moment);
    case 'missing':
      return missing(row, event, moment);
    case 'released':
      return released(row);
    case 'dropped':
      return dropped(row, event, moment);
    case 'verified':
      return verified(row, event, moment);
    case 'exceptionChanged':
      return exceptionChanged(row, event, moment);
    case 'gaveUp':
      return gaveUp(row, event, moment);
  }
}
