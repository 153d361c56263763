import { assignmentsAfter } from '../../licensing/holding/effective-holding';
import { soughtSeats } from '../../licensing/seats/sought-seats';
import type { Hint } from '../../queue/messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { describeOperation } from '../write/describe-operation';
import { interruptedEntry } from './interrupted-entry';
import type { SeenUser } from '../look/look-at-user';
import { lagDue, reconcileDueAfter, earlierOf } from './reconcile-due';
import type { ReconcileDue } from './reconcile-due';
import { closeFailures } from './record-failure';
import { scheduleVerify } from './schedule-verify';
import { isSpent, scheduleReconcile } from './schedule-reconcile';
import { leaveLists, listsOfLook, listsOfRow } from '../seats/seek-seats';
import { seenEntry } from './seen-entry';
import { decidedState, newUserState, saysTheSame, withRetry } from './user-state';
import type { Intent, UserState } from '../../words/user-state';
import type { Reason } from '../../words/reason';
import type { TimelineEntry } from '../../words/timeline';
import type { UserRecord } from '../../store/ports/user-store';
import { timing } from '../../kernel/timing';

/** For this long after our own write, its echo (by delta too) explains a hint that brings nothing new. */
const echoMs = 30_000;

/** A look that is due may stand in its queue for so long. */
const lateMs = 60_000;

type Settling = {
  /** Only apply, which alone writes, may give up an intent that did not take effect. */
  readonly by: 'decide' | 'apply';
  readonly hint?: Hint;
};

/** Records a decision that needs no write (or, in observe mode, gets none), with its follow-ups first. */
export async function recordDecision(
  services: Services,
  task: Task,
  record: UserRecord,
  look: SeenUser,
  settling: Settling,
): Promise<void> {
  const now = services.clock.now();
  const seenAt = settling.hint === undefined ? now : Date.parse(settling.hint.seenAt);
  const before = record.state ?? newUserState(seenAt);
  const isObserving = look.decision.operation !== undefined;
  const keepsIntent = mayStillShow(before, look, now, settling);
  const decided = decidedState(before, look, now);
  const settled: UserState = {
    ...decided,
    ...(isObserving ? observed(look) : {}),
    intent: keepsIntent ? before.intent : null,
    ...(look.interrupted === 'written' ? writtenBefore(before, look, now) : {}),
  };
  const ledger = isObserving ? look.ledger : look.decision.ledger;

  // Also where the row says so already: what only a person's repair ends leaves no trace in it.
  await closeFailures(services, task, record);
  const due = lookDue(services, record, look, settled, settling);
  const kept = isKept(before, settled, due, now, settling) ? before.retry : null;
  if (kept !== null || due === undefined) {
    const sameRetry = JSON.stringify(before.retry) === JSON.stringify(kept);
    if (sameRetry && saysTheSame({ ...record, state: withoutRetry(record.state) }, settled, look)) return;
  }
  const retry =
    kept !== null || due === undefined
      ? kept
      : await scheduleReconcile(services, task, record.userId, before, due.key, due.why, {
          ...(due.at === undefined ? {} : { at: due.at }),
        });

  if (look.interrupted === 'written' && settled.writtenAt !== null) {
    await scheduleVerify(services, task, record.userId, settled.writtenAt, task.isBulk === true);
  }
  // Each recorded decision has a version of its own: the timeline's rows are named after it.
  const state = withRetry({ ...settled, version: before.version + 1 }, retry);
  await services.users.commit(record, {
    state,
    ledger,
    timeline: timelineOf(record, look, state, settling, now),
  });
  await leaveLists(services, record.userId, listsOfRow(record), listsOfLook(look));
}

function withoutRetry(state: UserState | null): UserState | null {
  return state === null ? null : { ...state, retry: null };
}

function observed(look: SeenUser): Pick<UserState, 'outcome' | 'reasons'> {
  const operation = look.decision.operation;
  const would = operation === undefined ? '' : describeOperation(operation, look.input.catalogue);
  const reason: Reason = {
    code: 'mode/observe',
    text: `The policy's mode is observe: nothing is written. It would ${would}.`,
  };
  return { outcome: 'held', reasons: [reason, ...look.decision.reasons] };
}

function lookDue(
  services: Services,
  record: UserRecord,
  look: SeenUser,
  settled: UserState,
  { hint }: Settling,
): ReconcileDue | undefined {
  const isFirstWrite = look.interrupted === 'written' && (record.state?.writtenAt ?? null) === null;
  const due = reconcileDueAfter(services, look, record.state, isFirstWrite);
  const unseen = lookForUnseen(services, record, look, settled, hint);
  const ended = settled.intent === null || hint === undefined ? undefined : lookForIntent(settled.intent);
  const dated = earlierOf(
    earlierOf(due, ended),
    hint === undefined ? undefined : lookForOverride(record, look),
  );
  // The dates are found again by every look; only a look for something unseen is followed by another one for it.
  return unseen === undefined ? dated : { ...unseen, at: Math.min(unseen.at, dated?.at ?? Infinity) };
}

/**
 * What was decided a moment ago is taken back: the user has changed twice, or one of the two looks read a replica that
 * is behind, and then nobody may report anything any more.
 */
function contradictsLastLook(services: Services, before: UserState | null, settled: UserState): boolean {
  // After a write of ours, which takes the digest away, it is natural to see something else.
  if (before === null || before.decidedAt === null || before.digest === null) return false;
  if (
    services.clock.now() - before.decidedAt >= timing.licensing.readLag.ms ||
    before.digest === settled.digest
  )
    return false;
  // Seats come and go without any lag, and the waiting list has looks of its own.
  const sought = new Set(soughtSeats(settled.skus).map(({ skuId }) => skuId));
  const others = ({ skus }: UserState) => JSON.stringify(skus.filter(({ skuId }) => !sought.has(skuId)));
  return others(before) !== others(settled);
}

/**
 * A write that a crash interrupted, or whose answer was lost, and that no read shows: within the read lag it may have
 * taken effect all the same, and then only its intent tells that the license is ours. Apply, which alone writes, need
 * not wait; it may be that no operation comes to it any more.
 */
function mayStillShow(before: UserState, look: SeenUser, now: number, { by }: Settling): boolean {
  if (by === 'apply' || look.interrupted !== 'notWritten' || before.intent === null) return false;
  return now - before.intent.at < timing.licensing.readLag.ms;
}

function lookForIntent(intent: Intent): ReconcileDue {
  const why: Reason = { code: 'graph/lag', text: 'No read has shown an interrupted write yet.' };
  return { key: 'lag', at: intent.at + timing.licensing.readLag.ms + 1_000, why };
}

/** The read still shows the state before our own write: it lags, or somebody took back what we gave. */
function lookForOverride({ state }: UserRecord, { isOverridden }: SeenUser): ReconcileDue | undefined {
  const lastWrite = state?.lastWrite ?? null;
  if (!isOverridden || lastWrite === null) return undefined;
  const why: Reason = { code: 'graph/lag', text: 'A read showed the state before our own write.' };
  return { key: 'lag', at: lastWrite.at + timing.licensing.readLag.ms + 1_000, why };
}

/** What was reported, or seen a moment ago, and is not in this read. */
function lookForUnseen(
  services: Services,
  record: UserRecord,
  look: SeenUser,
  settled: UserState,
  hint: Hint | undefined,
): ReturnType<typeof lagDue> | undefined {
  const { state } = record;
  if (isSpent(state, 'lag')) return undefined;
  if (contradictsLastLook(services, state, settled)) {
    return lagDue(services, state, 'Two looks within minutes did not show the same.');
  }
  if (hint === undefined || look.isOverridden || !showsNothingNew(services, record, settled, hint))
    return undefined;
  return lagDue(services, state, 'A change was reported that no read showed yet.');
}

/** Somebody spoke of a change, yet the user looks exactly as at the last decision: the read may lag behind. */
function showsNothingNew(services: Services, record: UserRecord, settled: UserState, hint: Hint): boolean {
  const before = record.state;
  if (before === null || before.decidedAt === null) return false;
  if (hint.source === 'retry') return before.retry?.key === 'lag' && before.digest === settled.digest;
  if (before.digest !== settled.digest) return false;
  if (hint.source !== 'notification' && hint.source !== 'delta') return false;
  const ownWriteAt = before.lastWrite?.at ?? -Infinity;
  return Date.parse(hint.seenAt) > before.decidedAt && services.clock.now() - ownWriteAt > echoMs;
}

/** What the row learns of a write whose answer never reached us. */
function writtenBefore(before: UserState, look: SeenUser, now: number): Partial<UserState> {
  const intent = before.intent;
  if (intent === null) return {};
  return {
    writtenAt: intent.at,
    verifiedAt: null,
    lastWrite: {
      at: now,
      before: intent.before,
      after: assignmentsAfter(intent.before, intent),
      usageLocation: intent.usageLocation ?? look.input.holding.usageLocation,
    },
  };
}

/** A look that serves is scheduled already, and this is not it. */
function isKept(
  before: UserState,
  settled: UserState,
  due: ReconcileDue | undefined,
  now: number,
  { hint }: Settling,
): boolean {
  const retry = before.retry;
  if (retry === null || retry.token === hint?.retryToken) return false;
  // What was spoken of has still not been seen; the last look for it is followed by no other.
  const isUnseen = before.digest === settled.digest || isSpent(before, 'lag');
  const isAwaited = retry.key === 'echo' || (retry.key === 'lag' && isUnseen);
  if (isAwaited && retry.at > now - lateMs && retry.at <= (due?.at ?? Infinity)) return true;
  if (retry.at <= now || retry.key !== due?.key) return false;
  return due.at === undefined || due.at === retry.at || retry.key === 'groups';
}

function timelineOf(
  record: UserRecord,
  look: SeenUser,
  settled: UserState,
  { hint }: Settling,
  now: number,
): readonly TimelineEntry[] {
  const before = record.state;
  const entries: TimelineEntry[] = [];
  if (before === null && hint !== undefined) entries.push(seenEntry(Date.parse(hint.seenAt), hint));
  entries.push(...interruptedEntry(record, look, now));
  if (before?.outcome !== settled.outcome || before?.policyHash !== settled.policyHash) {
    entries.push({
      version: settled.version,
      step: 'decided',
      at: now,
      text: settled.outcome ?? '',
      facts: {
        ...(hint === undefined ? {} : { source: hint.source }),
        policyHash: settled.policyHash,
        reasons: settled.reasons,
      },
    });
  }
  return entries;
}
