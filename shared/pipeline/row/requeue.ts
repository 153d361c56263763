import { GraphError } from '../../graph/graph-error';
import type { StoredReason, UserRecord, UserState } from '../../store/ports/ports';
import type { Pipeline } from '../dependencies';
import { parkRefused, wasRefused } from '../pauses/own-pause';
import { intakeScope } from '../pauses/pause-scope';
import { parkWithheld } from '../pauses/withheld-names';
import { recordFailure } from './record-failure';
import { isSpent, scheduleReconcile } from './schedule-reconcile';
import type { RequeueClass } from './schedule-reconcile';
import { newUserState, withRetry } from './user-state';

/** A user who answers 404 for this long without having come back is gone. */
const goneAfterMs = 10 * 60_000;

/** Graph answers 404: not there yet, or not there any more. Only time tells. */
export async function userMissing(
  pipeline: Pipeline,
  record: UserRecord,
  seenAt: number,
  retryToken?: string,
): Promise<void> {
  const now = pipeline.clock.now();
  const before = record.state ?? newUserState(seenAt);
  const missingSince = before.missingSince ?? now;
  if (now - missingSince >= goneAfterMs) {
    const reason: StoredReason = {
      code: 'user/gone',
      text: 'Graph has not known this user for 10 minutes: deleted, or never there.',
    };
    await pipeline.waiting.remove(record.userId);
    if (before.outcome === 'outOfScope' && before.reasons[0]?.code === reason.code) return;
    await pipeline.users.commit(record, {
      state: { ...before, outcome: 'outOfScope', reasons: [reason], skus: [], missingSince, retry: null },
      timeline: [{ version: before.version, step: 'gone', at: now, text: reason.text, facts: {} }],
    });
    return;
  }
  // Another look is scheduled; this one is it when clocks differ, and must not wait for itself.
  const scheduled = before.retry;
  if (scheduled?.key === 'missing' && scheduled.at > now && scheduled.token !== retryToken) return;
  const why: StoredReason = { code: 'user/missing', text: 'Graph does not know this user (yet).' };
  const retry = await scheduleReconcile(pipeline, record.userId, before, 'missing', why);
  await pipeline.users.commit(record, { state: withRetry({ ...before, missingSince }, retry) });
}

/**
 * Reading failed. True: recorded and to be looked at again later. False: not Graph's doing, or not ours to decide;
 * throw it, and the broker delivers the message again.
 */
export async function lookFailed(
  pipeline: Pipeline,
  record: UserRecord,
  error: unknown,
  seenAt: number,
): Promise<boolean> {
  if (!(error instanceof GraphError)) return false;
  const before = record.state ?? newUserState(seenAt);
  const reason: StoredReason = { code: error.code, text: error.message };
  switch (error.class) {
    case 'throttled':
    case 'concurrency':
    case 'unavailable':
    case 'ambiguous':
      await requeue(pipeline, record, before, 'unavailable', reason, error.retryAfterMs);
      return true;
    case 'permission':
      await notPermitted(pipeline, record, before, intakeScope, error, reason);
      return true;
    case 'withheld':
      await parkWithheld(pipeline, record, before, error);
      return true;
    case 'unknown':
      await requeue(pipeline, record, { ...before, digest: null }, 'unknown', reason);
      return true;
    case 'ownTrouble':
      await blockOwn(pipeline, record, before, reason);
      return true;
    default:
      // Nothing was decided: the next hint looks again, whatever it finds.
      await giveUp(pipeline, record, { ...before, digest: null }, error, reason);
      return true;
  }
}

/** This user cannot be read: blocked with Graph's reason, and tried again now and then. */
async function blockOwn(
  pipeline: Pipeline,
  record: UserRecord,
  before: UserState,
  reason: StoredReason,
): Promise<void> {
  const retry = await scheduleReconcile(pipeline, record.userId, before, 'ownTrouble', reason);
  const state: UserState = { ...before, outcome: 'blocked', reasons: [reason], digest: null };
  const now = pipeline.clock.now();
  const entry = { version: before.version, step: 'refused' as const, at: now, text: reason.text, facts: {} };
  await pipeline.users.commit(record, { state: withRetry(state, retry), timeline: [entry] });
}

/**
 * 401 or 403. The app lacks a permission, as a rule: the scope is paused and the user parked. When others are served,
 * it is this user's own trouble: looked at again, and a failure from the second time on.
 */
export async function notPermitted(
  pipeline: Pipeline,
  record: UserRecord,
  state: UserState,
  scope: string,
  error: GraphError,
  reason: StoredReason,
): Promise<void> {
  if (await parkRefused(pipeline, record, state, { scope, origin: 'permission', reason })) return;
  if (wasRefused(record.state, scope)) await recordFailure(pipeline, record.userId, error, reason);
  await requeue(pipeline, record, state, 'permission', reason);
}

/** Schedules another look, or gives up when this class of trouble has used up its attempts. */
export async function requeue(
  pipeline: Pipeline,
  record: UserRecord,
  before: UserState,
  key: RequeueClass,
  why: StoredReason,
  retryAfterMs?: number,
): Promise<void> {
  if (isSpent(before, key)) {
    await recordFailure(pipeline, record.userId, { class: key }, why);
    await pipeline.users.commit(record, {
      state: { ...before, outcome: 'failed', reasons: [why], retry: null },
      timeline: [
        {
          version: before.version,
          step: 'refused',
          at: pipeline.clock.now(),
          text: why.text,
          facts: { key },
        },
      ],
    });
    return;
  }
  const retry = await scheduleReconcile(pipeline, record.userId, before, key, why, { retryAfterMs });
  await pipeline.users.commit(record, { state: withRetry(before, retry) });
}

export async function giveUp(
  pipeline: Pipeline,
  record: UserRecord,
  before: UserState,
  error: GraphError,
  reason: StoredReason,
): Promise<void> {
  await recordFailure(pipeline, record.userId, error, reason);
  await pipeline.users.commit(record, {
    state: { ...before, outcome: 'failed', reasons: [reason], retry: null },
    timeline: [
      {
        version: before.version,
        step: 'refused',
        at: pipeline.clock.now(),
        text: reason.text,
        facts: { status: error.status, graphCode: error.graphCode, requestId: error.requestId },
      },
    ],
  });
}
