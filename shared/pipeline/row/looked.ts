import { assignmentsAfter, confirmedAfter } from '../../licensing/holding/effective-holding';
import { soughtSeats } from '../../licensing/seats/sought-seats';
import { timing } from '../../kernel/timing';
import type { Reason } from '../../words/reason';
import type { TimelineEntry } from '../../words/timeline';
import type { UserState } from '../../words/user-state';
import { entriesOf, entryOf, isSpent, newEntry, notYetDue, withAgenda } from './agenda/agenda';
import type { AgendaEntry } from './agenda/agenda';
import { attemptLimits } from './agenda/causes';
import type { Cause } from './agenda/causes';
import { afterReadLag, datesOfDecision, unseenEntry } from './agenda/dates';
import type { EffectBefore, Step } from './effects';
import type { Heard, Moment, Row, RowEvent, Seen } from './events';
import { interruptedEntry, seenEntry } from './timeline';
import { decidedState, listsOfRow, listsOfSeen, newUserState, saysTheSame } from './user-state';
import { verifyEffect } from './verified';

type Looked = Extract<RowEvent, { kind: 'looked' }>;

/** A look found nothing to write (or the policy only observes): its decision stands, and so does its outcome. */
export function looked(row: Row, event: Looked, moment: Moment): Step {
  const { seen, heard, isAskedFor, isBulk, verifyAfterMs } = event;
  const { now } = moment;
  const token = heard?.token;
  const before = row.state ?? newUserState(heard?.seenAt ?? now);
  const settled: UserState = {
    ...decidedState(before, seen, now),
    ...(seen.isObserving ? observed(seen) : {}),
    intent: mayStillShow(before, event, now) ? before.intent : null,
    ...(seen.interrupted === 'written' ? writtenBefore(before, seen, now) : {}),
  };
  const agenda = withAgenda(settled, dueAfter(row, settled, event, moment), moment, token);
  // Also where the row says so already: what only an operator's repair ends leaves no trace in it.
  const settle = closesFailures(row.state, isAskedFor);
  if (saysTheSame(row, agenda.state, seen)) {
    // A seat was set aside for this look, and it may have taken its user off the list: another look that has just put them
    // there must find the row changed, or its user would wait on no list.
    const isServed = heard?.source === 'waiting';
    const kept = isServed ? { ...row, state: { ...before, version: before.version + 1 } } : row;
    return { row: kept, timeline: [], before: settle, after: [], result: { kind: 'done' } };
  }
  const verify =
    seen.interrupted === 'written' && settled.writtenAt !== null
      ? verifyEffect(settled.writtenAt, { isBulk, verifyAfterMs }, moment)
      : [];
  // Each recorded decision has a version of its own: the timeline's rows are named after it.
  const state = { ...agenda.state, version: before.version + 1 };
  return {
    row: { state, ledger: seen.isObserving ? seen.ledger : seen.decision.ledger },
    timeline: timelineOf(row, seen, state, heard, now),
    before: [...settle, ...agenda.before, ...verify],
    after: [{ kind: 'leaveLists', skuIds: listsOfRow(row), staying: listsOfSeen(seen) }],
    result: { kind: 'done' },
  };
}

/** The user has an outcome again. What only an operator's request can settle is settled by that request. */
export function closesFailures(state: UserState | null, isAskedFor: boolean): readonly EffectBefore[] {
  const mayHaveFailed =
    state !== null && (state.outcome === 'failed' || state.retry !== null || state.later !== undefined);
  return isAskedFor || mayHaveFailed ? [{ kind: 'closeFailures' }] : [];
}

function observed({ operationText, decision }: Seen): Pick<UserState, 'outcome' | 'reasons'> {
  const reason: Reason = {
    code: 'mode/observe',
    text: `The policy's mode is observe: nothing is written. It would ${operationText}.`,
  };
  return { outcome: 'held', reasons: [reason, ...decision.reasons] };
}

/**
 * A write that a crash interrupted, whose answer was lost, or that another worker is still sending (its message was
 * delivered twice), and that no read shows: within the read lag it may have taken effect all the same, or may yet, and
 * then only its intent tells that the license is ours.
 */
function mayStillShow(before: UserState, { seen, isRefused }: Looked, now: number): boolean {
  if (isRefused || seen.interrupted !== 'notWritten' || before.intent === null) return false;
  return now - before.intent.at < timing.licensing.readLag.ms;
}

/** What the row learns of a write whose answer was lost. */
function writtenBefore(before: UserState, seen: Seen, now: number): Partial<UserState> {
  const intent = before.intent;
  if (intent === null) return {};
  return {
    writtenAt: intent.at,
    verifiedAt: null,
    lastWrite: confirmedAfter(before.lastWrite, {
      at: now,
      before: intent.before,
      after: assignmentsAfter(intent.before, intent),
      usageLocation: intent.usageLocation ?? seen.usageLocation,
    }),
  };
}

/** The agenda after this look: what the decision asks for, what no read has shown yet, and what is still to come. */
function dueAfter(row: Row, settled: UserState, event: Looked, moment: Moment): readonly AgendaEntry[] {
  const { seen, heard } = event;
  const { state } = row;
  const known = notYetDue(state, heard?.token, moment.now);
  const isFirstWrite = seen.interrupted === 'written' && (state?.writtenAt ?? null) === null;
  const entries = [...datesOfDecision(seen, state, isFirstWrite, known, moment)];
  const add = (entry: AgendaEntry) => {
    const same = known.find(({ key, at }) => key === entry.key && at === entry.at);
    entries.push(same ?? entry);
  };
  if (settled.intent !== null) {
    const why: Reason = { code: 'graph/lag', text: 'No read has shown an interrupted write yet.' };
    add(newEntry(state, 'interruptedWrite', why, moment, { at: afterReadLag(settled.intent.at) }));
  }
  if (seen.isOverridden && heard !== undefined && state !== null && state.lastWrite !== null) {
    const why: Reason = { code: 'graph/lag', text: 'A read showed the state before our own write.' };
    add(newEntry(state, 'ownWrite', why, moment, { at: afterReadLag(state.lastWrite.at) }));
  }
  const contradicts = contradictsLastLook(state, settled, moment.now);
  const awaited = stillAwaited(state, settled, heard, moment.now).map((entry) =>
    contradicts ? withAttemptLeft(entry) : entry,
  );
  const unseen = awaited.some(({ key }) => key === 'lag')
    ? undefined
    : unseenText(row, settled, event, contradicts, moment.now);
  if (unseen !== undefined) entries.push(unseenEntry(state, unseen, moment));
  return [
    ...entries,
    ...awaited.map((entry) => (entries.length > 0 ? withMessage(entry, moment.now) : entry)),
  ];
}

/**
 * An entry whose message is late may have lost it, and what stands behind it on the agenda has no message before that
 * one has come. So another one is scheduled for it.
 */
function withMessage(entry: AgendaEntry, now: number): AgendaEntry {
  return entry.at > now ? entry : { ...entry, at: now + timing.row.overdue.ms };
}

/**
 * Entries for what was reported and has still not been read, whose message is to come, or stands in its queue. What
 * was seen meanwhile need not be read again.
 */
function stillAwaited(
  state: UserState | null,
  settled: UserState,
  heard: Heard | undefined,
  now: number,
): readonly AgendaEntry[] {
  const inHand = heard?.token !== undefined && state?.retry?.token === heard.token ? state.retry.key : '';
  const isUnseen = state?.digest === settled.digest || isSpent(state, 'lag');
  return entriesOf(state).filter(({ key, at }) => {
    if (key === inHand) return false;
    if (key !== 'echo' && !(key === 'lag' && isUnseen)) return false;
    const isHead = state?.retry?.key === key;
    return at > (isHead ? now - timing.row.lateMessage.ms : now);
  });
}

/** Two looks that differ are news: the one that is due for an older report may be followed by one more for them. */
function withAttemptLeft(entry: AgendaEntry): AgendaEntry {
  const most = (attemptLimits.lag ?? Infinity) - 1;
  return entry.key === 'lag' && entry.attempts > most ? { ...entry, attempts: most } : entry;
}

/** Why the user is to be read again soon; undefined: there is no reason to. */
function unseenText(
  row: Row,
  settled: UserState,
  { seen, heard }: Looked,
  contradicts: boolean,
  now: number,
): string | undefined {
  const { state } = row;
  if (contradicts) return 'Two looks within minutes did not show the same.';
  if (isSpent(state, 'lag')) return undefined;
  if (heard === undefined || seen.isOverridden || !showsNothingNew(state, settled, heard, now)) {
    return undefined;
  }
  return 'A change was reported that no read showed yet.';
}

/**
 * What was decided minutes before is taken back: the user has changed twice, or one of the two looks read a replica
 * that is behind, and then nothing may be reported any more.
 */
function contradictsLastLook(before: UserState | null, settled: UserState, now: number): boolean {
  // After our own write, which takes the digest away, it is natural to see something else.
  if (before === null || before.decidedAt === null || before.digest === null) return false;
  if (now - before.decidedAt >= timing.licensing.readLag.ms || before.digest === settled.digest) return false;
  // Seats come and go without any lag, and the waiting list has looks of its own.
  const sought = new Set(soughtSeats(settled.skus).map(({ skuId }) => skuId));
  const others = ({ skus }: UserState) => JSON.stringify(skus.filter(({ skuId }) => !sought.has(skuId)));
  return others(before) !== others(settled);
}

/** A change was reported, yet the user looks exactly as at the last decision: the read may lag behind. */
function showsNothingNew(before: UserState | null, settled: UserState, heard: Heard, now: number): boolean {
  if (before === null || before.decidedAt === null || before.digest !== settled.digest) return false;
  const { source, token, seenAt } = heard;
  const ownWriteAt = before.lastWrite?.at ?? -Infinity;
  const isOwnEcho = now - ownWriteAt <= timing.row.nothingNew.ms;
  if (source === 'retry') {
    const isDue = (cause: Cause) => (entryOf(before, cause)?.at ?? Infinity) <= now;
    const isInHand = (cause: Cause) => before.retry?.key === cause && before.retry.token === token;
    if (isDue('lag') || isInHand('lag')) return true;
    // A report that came right after a look which wrote nothing is an echo of nothing. Where its message stands in its
    // queue, that one will tell.
    return !isOwnEcho && (isInHand('echo') || (before.retry?.key !== 'echo' && isDue('echo')));
  }
  // A record of the audit log comes minutes after its change: a read that shows nothing new is not behind it.
  if (source !== 'notification' && source !== 'delta') return false;
  return seenAt > before.decidedAt && !isOwnEcho;
}

function timelineOf(
  row: Row,
  seen: Seen,
  settled: UserState,
  heard: Heard | undefined,
  now: number,
): readonly TimelineEntry[] {
  const before = row.state;
  const isNews = before?.outcome !== settled.outcome || before?.policyHash !== settled.policyHash;
  const decided: TimelineEntry = {
    version: settled.version,
    step: 'decided',
    at: now,
    text: settled.outcome ?? '',
    facts: {
      ...(heard === undefined ? {} : { source: heard.source }),
      policyHash: settled.policyHash,
      reasons: settled.reasons,
    },
  };
  return [
    ...(before === null && heard !== undefined ? [seenEntry(heard)] : []),
    ...interruptedEntry(row, seen, now),
    ...(isNews ? [decided] : []),
  ];
}
