import { assignmentsAfter, confirmedAfter } from '../../licensing/holding/effective-holding';
import type { License } from '../../words/license';
import type { TimelineEntry } from '../../words/timeline';
import type { UserState } from '../../words/user-state';
import { notYetDue, withAgenda } from './agenda/agenda';
import type { AgendaEntry } from './agenda/agenda';
import { takesOver } from './agenda/causes';
import { datesOfDecision } from './agenda/dates';
import type { EffectAfter, Step } from './effects';
import type { Moment, Row, RowEvent } from './events';
import { closesFailures } from './looked';
import { interruptedEntry } from './timeline';
import { decidedState, listsOfRow, listsOfSeen, newUserState } from './user-state';
import { verifyEffect } from './verified';

type Write = Pick<Extract<RowEvent, { kind: 'written' }>, 'seen' | 'operation'>;

/** The write begins: what it will change is stored first, so that a crash leaves no doubt which license is ours. */
export function intended(row: Row, event: Extract<RowEvent, { kind: 'intended' }>, { now }: Moment): Step {
  const { seen, operation } = event;
  const { decision } = seen;
  const before = row.state ?? newUserState(seen.readAt);
  const version = before.version + 1;
  const intent = {
    at: now,
    before: seen.direct,
    add: operation.add,
    remove: operation.remove,
    usageLocation: operation.usageLocation ?? null,
    ledger: decision.ledger,
    policyHash: decision.policyHash,
  };
  return {
    row: {
      state: {
        ...before,
        ...agendaOfWriter(before, now),
        version,
        tries: before.tries + 1,
        intent,
        // A rollout has moved its user only when the write is confirmed; until then the intent tells.
        policyHash: seen.rolloutId === null ? decision.policyHash : before.policyHash,
      },
      // What a crash interrupted has been settled by the look: from here on only this intent is open.
      ledger: seen.ledger,
    },
    timeline: [
      ...interruptedEntry(row, seen, now),
      {
        version,
        step: 'intended',
        at: now,
        text: seen.operationText,
        // What the user held before is what an undo goes back to.
        facts: {
          policyHash: intent.policyHash,
          before: intent.before,
          reasons: decision.reasons,
          ...ofRollout(seen),
        },
      },
    ],
    before: [],
    after: [],
    result: undefined,
  };
}

/**
 * The agenda once a write has begun: what was scheduled for an earlier write does not take over this one, whose writer is
 * at it. Its message still comes, and its attempts count on.
 */
function agendaOfWriter({ retry, later }: UserState, now: number): Pick<UserState, 'retry' | 'later'> {
  const begun = <Entry extends AgendaEntry>(entry: Entry): Entry =>
    takesOver.some((cause) => cause === entry.key) && entry.at >= now ? { ...entry, at: now - 1 } : entry;
  return { retry: retry === null ? null : begun(retry), later: later?.map(begun) };
}

/** Graph has confirmed: ledger, outcome and our own answer are stored together. */
export function written(row: Row, event: Extract<RowEvent, { kind: 'written' }>, moment: Moment): Step {
  const { seen, operation, isAskedFor } = event;
  const { now } = moment;
  const before = row.state ?? newUserState(now);
  const held = before.intent?.before ?? seen.direct;
  const confirmed: UserState = {
    ...decidedState(before, seen, now),
    ...confirmedNow(before, event, held, now),
    intent: null,
  };
  const known = notYetDue(before, undefined, now);
  const agenda = withAgenda(
    confirmed,
    [
      ...datesOfDecision(seen, before, before.writtenAt === null, known, moment),
      // What was reported meanwhile, and what no read has shown yet, the write does not answer.
      ...known.filter(({ key }) => key === 'echo' || key === 'lag'),
    ],
    moment,
    undefined,
  );
  return {
    row: { state: agenda.state, ledger: seen.decision.ledger },
    timeline: [writtenEntry(before, event, now)],
    before: [
      ...agenda.before,
      ...(operation.add.length > 0 ? verifyEffect(now, event, moment) : []),
      ...closesFailures(row.state, isAskedFor),
    ],
    after: effectsOfWrite(row, event),
    result: { kind: 'done' },
  };
}

/** What a row says of a write that Graph has just confirmed. `held`: the direct licenses before it. */
export function confirmedNow(
  { lastWrite }: Pick<UserState, 'lastWrite'>,
  { seen, operation }: Write,
  held: readonly License[],
  now: number,
): Pick<UserState, 'lastWrite' | 'writtenAt' | 'verifiedAt' | 'digest'> {
  const usageLocation = operation.usageLocation ?? seen.usageLocation;
  const after = assignmentsAfter(held, operation);
  return {
    lastWrite: confirmedAfter(lastWrite, { at: now, before: held, after, usageLocation }),
    writtenAt: now,
    verifiedAt: null,
    digest: null,
  };
}

/** The rollout that a write is of: it names the people who asked for it and approved it. */
function ofRollout({ rolloutId }: Pick<Write['seen'], 'rolloutId'>): TimelineEntry['facts'] {
  return rolloutId === null ? {} : { rollout: rolloutId };
}

/** What the timeline says of a write that Graph has confirmed. */
export function writtenEntry(
  { version }: Pick<UserState, 'version'>,
  { seen, operation }: Write,
  now: number,
): TimelineEntry {
  const facts = { add: operation.add, remove: operation.remove, ...ofRollout(seen) };
  return { version, step: 'written', at: now, text: seen.operationText, facts };
}

/** The user leaves the lists of what was granted, and the book of seats learns what was used and freed. */
export function effectsOfWrite(row: Row, { seen, operation }: Write): readonly EffectAfter[] {
  const newlyHeld = operation.add.map(({ skuId }) => skuId).filter((skuId) => !seen.held.includes(skuId));
  return [
    {
      kind: 'leaveLists',
      skuIds: [...listsOfRow(row), ...seen.granted],
      staying: listsOfSeen({ ...seen, granted: [] }),
    },
    { kind: 'noteSeats', used: newlyHeld, freed: operation.remove, granted: seen.granted },
  ];
}
