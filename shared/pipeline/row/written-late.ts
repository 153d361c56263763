import { compareText, sameIds } from '../../kernel/id-set';
import type { Operation } from '../../licensing/decision';
import type { Ledger } from '../../words/ledger';
import type { License } from '../../words/license';
import type { LastWrite } from '../../words/user-state';
import type { Reason } from '../../words/reason';
import { timing } from '../../kernel/timing';
import { newEntry, withEntry } from './agenda/agenda';
import { only } from './effects';
import type { Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { newUserState } from './user-state';
import { verifyEffect } from './verified';
import { confirmedNow, effectsOfWrite, writtenEntry } from './written';

type WrittenLate = Extract<RowEvent, { kind: 'writtenLate' }>;

/**
 * Graph confirmed a write, and meanwhile another worker has changed the row, perhaps settled the very intent by a read
 * that did not show the write yet. What Graph confirmed is a fact whatever the row says: what it added is ours, what it
 * removed is not. What the row says beside that stays, and a fresh look decides.
 */
export function writtenLate(row: Row, event: WrittenLate, moment: Moment): Step {
  const { seen, operation, startedAt } = event;
  const { now } = moment;
  const before = row.state ?? newUserState(seen.readAt);
  // While its intent is open, no look has found it: a write of the same millisecond was before it.
  const isOpen = before.intent?.at === startedAt;
  const { lastWrite } = before;
  const later = lastWrite !== null && lastWrite.at >= startedAt && !isOpen ? lastWrite : null;
  if (later !== null && isKnown(later, operation)) return only(row, { kind: 'again', isAttempt: true });
  const state = {
    ...before,
    ...confirmedNow(before, event, later?.after ?? seen.direct, now),
    version: before.version + 1,
    intent: isOpen ? null : before.intent,
  };
  // Should the worker end before its next look, this one takes place.
  const why: Reason = { code: 'graph/echo', text: 'A write was confirmed after the row had changed.' };
  const entry = newEntry(before, 'echo', why, moment, { at: now + timing.row.echo.ms });
  const due = withEntry(state, entry, moment, undefined);
  return {
    row: { state: due.state, ledger: withWrite(row.ledger, seen.decision.ledger, operation) },
    timeline: [writtenEntry(state, event, now)],
    before: [...due.before, ...(operation.add.length > 0 ? verifyEffect(now, event, moment) : [])],
    after: effectsOfWrite(row, event),
    result: { kind: 'again', isAttempt: true },
  };
}

/** A look has found this write, or a later write began from what it had made. */
function isKnown({ before, after }: LastWrite, { add, remove }: Operation): boolean {
  const has = (one: License) =>
    [...before, ...after].some(
      ({ skuId, disabledPlans }) => skuId === one.skuId && sameIds(disabledPlans, one.disabledPlans),
    );
  return add.every(has) && remove.every((skuId) => !after.some((one) => one.skuId === skuId));
}

/** The ledger with what this write made true of its own SKUs; `intended`: the ledger that it was to make true. */
function withWrite(ledger: Ledger, intended: Ledger, { add, remove }: Operation): Ledger {
  const touched = new Set([...add.map(({ skuId }) => skuId), ...remove]);
  const kept = ledger.filter(({ skuId }) => !touched.has(skuId));
  const made = intended.filter(({ skuId }) => touched.has(skuId));
  return [...kept, ...made].sort((a, b) => compareText(a.skuId, b.skuId));
}
