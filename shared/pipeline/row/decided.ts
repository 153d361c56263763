import { sameAssignments } from '../../licensing/holding/effective-holding';
import { timing } from '../../kernel/timing';
import type { HintSource } from '../../words/messages/hint-source';
import type { TimelineEntry } from '../../words/timeline';
import type { UserState } from '../../words/user-state';
import { entryOf, keepScheduled } from './agenda/agenda';
import { takesOver } from './agenda/causes';
import { only } from './effects';
import type { EffectAfter, Step } from './effects';
import type { Heard, Moment, Row, RowEvent, Seen } from './events';
import { seenEntry } from './timeline';
import { foundSince, listsOfRow, listsOfSeen, newUserState } from './user-state';

type Proposed = Extract<RowEvent, { kind: 'proposed' }>;

/** Something is to be written. Ends here when it is on its way already, or when another worker is writing it. */
export function proposed(row: Row, event: Proposed, { now }: Moment): Step {
  const { by, seen, heard, isOwnIntent } = event;
  if (heard !== undefined && operationAlreadyQueued(row, seen, heard, now))
    return only(row, { kind: 'done' });
  if (isOwnIntent || !isBeingWritten(row, seen, now)) return only(row, undefined);
  if (by === 'apply') return only(row, { kind: 'again', isAttempt: true });
  // The look must not end for the writer's sake: the writer may have gone already and have handed its work over to
  // this very look, as when the look overtook the commit that names it.
  const at = (row.state?.intent?.at ?? now) + timing.row.writing.ms;
  return only(row, { kind: 'at', at, cause: 'echo' }, [{ kind: 'resend', at }]);
}

const goesOnSources: ReadonlySet<HintSource> = new Set(['retry', 'operator', 'deadLetter', 'waiting']);

/**
 * The same state was decided before and its operation sent (or refused by Graph for good): one read was enough.
 * Operators, scheduled looks and reservations always go on, and so does the very message of that decision when it
 * comes again, because the crash may have come between the row and the queue. Its delivery count does not tell: a
 * broker that loses its locks need not count.
 */
function operationAlreadyQueued({ state }: Row, seen: Seen, heard: Heard, now: number): boolean {
  if (state === null || state.digest !== seen.digest || state.decidedAt === null) return false;
  if (seen.rolloutId !== null || goesOnSources.has(heard.source)) return false;
  if (state.decidedBy === heard.messageId) return false;
  const isRefused = state.outcome === 'blocked' || state.outcome === 'failed';
  return isRefused || Math.abs(now - state.decidedAt) < timing.row.operationOnItsWay.ms;
}

/**
 * The row holds a fresh intent for the very operation that this look arrived at: another worker is writing it, and
 * a second, identical write would only cost quota. An intent for anything else is no reason to wait.
 */
function isBeingWritten({ state }: Row, { decision: { operation } }: Seen, now: number): boolean {
  const intent = state?.intent ?? null;
  // An intent from further ahead than clocks differ was timed by a wrong clock: it proves no writer.
  if (intent === null || operation === undefined) return false;
  if (Math.abs(now - intent.at) >= timing.row.writing.ms) return false;
  const isHandedOver = takesOver.some((cause) => (entryOf(state, cause)?.at ?? -Infinity) >= intent.at);
  if (isHandedOver) return false;
  return (
    sameAssignments(intent.add, operation.add) &&
    [...intent.remove].sort().join() === [...operation.remove].sort().join()
  );
}

/** The decision is recorded, and its operation goes to the user's lane. */
export function decided(row: Row, event: Extract<RowEvent, { kind: 'decided' }>, moment: Moment): Step {
  const { seen, heard, isProbe } = event;
  const send = sendOperation(seen, heard, isProbe);
  // A rollout's decision is the user's only once it has been written: cancelled before that, it never was.
  if (seen.rolloutId !== null && row.state !== null) {
    const kept = keepScheduled(row.state, moment, heard.token);
    const next = kept.state === row.state ? row : { ...row, state: kept.state };
    return { ...only(next, { kind: 'done' }, kept.before), after: send };
  }
  const state = decisionState(row, seen, heard, moment.now);
  const isSentInBulk = goesInBulk(seen, heard) || undefined;
  const kept = keepScheduled({ ...state, sentVersion: state.version, isSentInBulk }, moment, heard.token);
  return {
    row: { ...row, state: kept.state },
    timeline: decisionTimeline(row, seen, heard, moment.now),
    before: kept.before,
    after: [{ kind: 'leaveLists', skuIds: listsOfRow(row), staying: listsOfSeen(seen) }, ...send],
    result: { kind: 'done' },
  };
}

/** The agenda stays: its attempts count on until the user has an outcome. */
export function decisionState(row: Row, seen: Seen, heard: Heard, now: number): UserState {
  const before = row.state ?? newUserState(heard.seenAt);
  return {
    ...before,
    version: before.version + 1,
    reasons: seen.decision.reasons,
    skus: seen.decision.skus,
    digest: seen.digest,
    policyHash: seen.decision.policyHash,
    // Who waits for the write is shown to people by name.
    userPrincipalName: seen.userPrincipalName,
    displayName: seen.displayName,
    foundAt: foundSince(before, now),
    decidedAt: now,
    decidedBy: heard.messageId,
    missingSince: null,
  };
}

/** What the timeline records about a decision; for a new user also that the user was seen. */
export function decisionTimeline(row: Row, seen: Seen, heard: Heard, now: number): readonly TimelineEntry[] {
  const { reasons, policyHash, operation, outcome } = seen.decision;
  return [
    ...(row.state === null ? [seenEntry(heard)] : []),
    {
      version: (row.state?.version ?? 0) + 1,
      step: 'decided',
      at: now,
      text: operation === undefined ? outcome : seen.operationText,
      facts: { source: heard.source, policyHash, reasons },
    },
  ];
}

function goesInBulk({ rolloutId }: Pick<Seen, 'rolloutId'>, { isBulk, source }: Heard): boolean {
  return isBulk || rolloutId !== null || source === 'census';
}

function sendOperation(seen: Seen, heard: Heard, isProbe: boolean): readonly EffectAfter[] {
  const { operation, policyHash, reasons } = seen.decision;
  if (operation === undefined) return [];
  const { source } = heard;
  return [
    {
      kind: 'sendOperation',
      isBulk: goesInBulk(seen, heard),
      operation: {
        kind: operation.kind,
        add: operation.add.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans: [...disabledPlans] })),
        remove: [...operation.remove],
        ...(operation.usageLocation === undefined ? {} : { usageLocation: operation.usageLocation }),
        why: reasons.map((reason) => reason.text),
        policyHash,
        ...(seen.rolloutId === null ? {} : { rollout: seen.rolloutId }),
        ...(isAskedFor(source) ? { source } : {}),
        ...(isProbe ? { trial: true } : {}),
      },
    },
  ];
}

/** This user was asked for by name: failures are settled then, and a second death of a dead letter is one. */
export function isAskedFor(source: HintSource | undefined): boolean {
  return source === 'operator' || source === 'deadLetter';
}
