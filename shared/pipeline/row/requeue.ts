import { GraphError } from '../../graph/graph-error';
import type { Services } from '../services';
import type { Task } from '../task';
import { parkRefused, wasRefused } from '../pauses/own-pause';
import { intakeScope } from '../pauses/pause-scope';
import { parkWithheld } from '../pauses/withheld-names';
import { recordFailure } from './record-failure';
import { isSpent, scheduleReconcile } from './schedule-reconcile';
import type { RequeueClass } from './schedule-reconcile';
import { newUserState, withRetry } from './user-state';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';

/** A user who answers 404 for this long without having come back is gone. */
const goneAfterMs = 10 * 60_000;

/** Graph answers 404: not there yet, or not there any more. Only time tells. */
export async function userMissing(
  services: Services,
  task: Task,
  record: UserRecord,
  seenAt: number,
  retryToken?: string,
): Promise<void> {
  const now = services.clock.now();
  const before = record.state ?? newUserState(seenAt);
  const missingSince = before.missingSince ?? now;
  if (now - missingSince >= goneAfterMs) {
    const reason: Reason = {
      code: 'user/gone',
      text: 'Graph has not known this user for 10 minutes: deleted, or never there.',
    };
    await services.waiting.remove(record.userId);
    if (before.outcome === 'outOfScope' && before.reasons[0]?.code === reason.code) return;
    await services.users.commit(record, {
      state: { ...before, outcome: 'outOfScope', reasons: [reason], skus: [], missingSince, retry: null },
      timeline: [{ version: before.version, step: 'gone', at: now, text: reason.text, facts: {} }],
    });
    return;
  }
  // Another look is scheduled; this one is it when clocks differ, and must not wait for itself.
  const scheduled = before.retry;
  if (scheduled?.key === 'missing' && scheduled.at > now && scheduled.token !== retryToken) return;
  const why: Reason = { code: 'user/missing', text: 'Graph does not know this user (yet).' };
  const retry = await scheduleReconcile(services, task, record.userId, before, 'missing', why);
  await services.users.commit(record, { state: withRetry({ ...before, missingSince }, retry) });
}

/**
 * Reading failed. True: recorded and to be looked at again later. False: not Graph's doing, or not ours to decide;
 * throw it, and the broker delivers the message again.
 */
export async function lookFailed(
  services: Services,
  task: Task,
  record: UserRecord,
  error: unknown,
  seenAt: number,
): Promise<boolean> {
  if (!(error instanceof GraphError)) return false;
  const before = record.state ?? newUserState(seenAt);
  const reason: Reason = { code: error.code, text: error.message };
  switch (error.class) {
    case 'throttled':
    case 'concurrency':
    case 'unavailable':
    case 'ambiguous':
      await requeue(services, task, record, before, 'unavailable', reason, error.retryAfterMs);
      return true;
    case 'permission':
      await notPermitted(services, task, record, before, intakeScope, error, reason);
      return true;
    case 'withheld':
      await parkWithheld(services, task, record, before, error);
      return true;
    case 'unknown':
      await requeue(services, task, record, { ...before, digest: null }, 'unknown', reason);
      return true;
    case 'ownTrouble':
      await blockOwn(services, task, record, before, reason);
      return true;
    default:
      // Nothing was decided: the next hint looks again, whatever it finds.
      await giveUp(services, task, record, { ...before, digest: null }, error, reason);
      return true;
  }
}

/** This user cannot be read: blocked with Graph's reason, and tried again now and then. */
async function blockOwn(
  services: Services,
  task: Task,
  record: UserRecord,
  before: UserState,
  reason: Reason,
): Promise<void> {
  const retry = await scheduleReconcile(services, task, record.userId, before, 'ownTrouble', reason);
  const state: UserState = { ...before, outcome: 'blocked', reasons: [reason], digest: null };
  const now = services.clock.now();
  const entry = { version: before.version, step: 'refused' as const, at: now, text: reason.text, facts: {} };
  await services.users.commit(record, { state: withRetry(state, retry), timeline: [entry] });
}

/**
 * 401 or 403. The app lacks a permission, as a rule: the scope is paused and the user parked. When others are served,
 * it is this user's own trouble: looked at again, and a failure from the second time on.
 */
export async function notPermitted(
  services: Services,
  task: Task,
  record: UserRecord,
  state: UserState,
  scope: string,
  error: GraphError,
  reason: Reason,
): Promise<void> {
  if (await parkRefused(services, task, record, state, { scope, origin: 'permission', reason })) return;
  if (wasRefused(record.state, scope)) await recordFailure(services, task, record.userId, error, reason);
  await requeue(services, task, record, state, 'permission', reason);
}

/** Schedules another look, or gives up when this class of trouble has used up its attempts. */
export async function requeue(
  services: Services,
  task: Task,
  record: UserRecord,
  before: UserState,
  key: RequeueClass,
  why: Reason,
  retryAfterMs?: number,
): Promise<void> {
  if (isSpent(before, key)) {
    await recordFailure(services, task, record.userId, { class: key }, why);
    await services.users.commit(record, {
      state: { ...before, outcome: 'failed', reasons: [why], retry: null },
      timeline: [
        {
          version: before.version,
          step: 'refused',
          at: services.clock.now(),
          text: why.text,
          facts: { key },
        },
      ],
    });
    return;
  }
  const retry = await scheduleReconcile(services, task, record.userId, before, key, why, { retryAfterMs });
  await services.users.commit(record, { state: withRetry(before, retry) });
}

export async function giveUp(
  services: Services,
  task: Task,
  record: UserRecord,
  before: UserState,
  error: GraphError,
  reason: Reason,
): Promise<void> {
  await recordFailure(services, task, record.userId, error, reason);
  await services.users.commit(record, {
    state: { ...before, outcome: 'failed', reasons: [reason], retry: null },
    timeline: [
      {
        version: before.version,
        step: 'refused',
        at: services.clock.now(),
        text: reason.text,
        facts: { status: error.status, graphCode: error.graphCode, requestId: error.requestId },
      },
    ],
  });
}
