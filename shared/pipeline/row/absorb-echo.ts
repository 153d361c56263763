import type { Hint } from '../../queue/messages';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { scheduleReconcile } from './schedule-reconcile';
import { withRetry } from './user-state';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';

/** After a decision or write of ours, the changes that Graph reports for so long are most often its echoes. */
const echoMs = 5_000;
/** Delta tells of our own usage location one round later. */
const deltaEchoMs = 20_000;
/** A look that is due within this time will see what the hint speaks of. */
const soonMs = 15_000;
/** Hints that are late themselves are seen together a moment later. */
const soonestMs = 1_000;
/** The look for memberships that follow a new user: it serves for what is reported right after our own write too. */
const afterWriteMs = 95_000;
/** Clocks of instances differ by less. */
const skewMs = 2_000;
/** What is written is confirmed by then. */
const writingMs = 2_000;
/** An operation that was sent is on its way for at most this long. */
export const onItsWayMs = 10 * 60_000;

/**
 * One change of ours comes back as several hints: the usage location, the license, what the services write back,
 * each by notification and by delta, some doubled. They are not looked at one by one: whoever is about to read the
 * user anyway (apply, a look that is due) reads what the hint speaks of. True: this hint needs no more.
 */
export async function absorbsEcho(
  services: Services,
  task: Task,
  record: UserRecord,
  hint: Hint,
  messageId: string,
): Promise<boolean> {
  const state = record.state;
  if (state === null || (hint.source !== 'notification' && hint.source !== 'delta')) return false;
  if (isOfDecision(state, messageId)) return false;
  const now = services.clock.now();
  // When it was heard of counts, not when its turn came.
  const heardAt = Math.min(now, Date.parse(hint.seenAt));
  if (isAwaited(state, now)) {
    // Apply reads the user afresh. If it has just done so, it must begin anew: a changed row makes it.
    const isOlder = heardAt <= (state.decidedAt ?? 0) - skewMs;
    if (!isOlder) await services.users.commit(record, { state });
    return true;
  }
  if (state.intent !== null && Math.abs(now - state.intent.at) < echoMs) {
    // Touching the row of a write in progress would cost its writer another look; a moment later it is over.
    await sendHints(services, task, [hint], now + writingMs);
    return true;
  }
  const { retry } = state;
  const sinceWrite = heardAt - (state.lastWrite?.at ?? -Infinity);
  if (sinceWrite < (hint.source === 'delta' ? deltaEchoMs : echoMs) && isDue(retry, now, afterWriteMs)) {
    return true;
  }
  // Never ahead of now: what a fast clock has stored must not put this look off until then.
  const lastOwnAt = Math.min(
    now,
    Math.max(state.decidedAt ?? 0, state.intent?.at ?? 0, state.lastWrite?.at ?? 0),
  );
  if (heardAt - lastOwnAt >= echoMs) return false;
  if (retry !== null && retry.at > now) return isDue(retry, now, soonMs);
  const why: Reason = { code: 'graph/echo', text: 'Changes were reported right after one of ours.' };
  const at = Math.max(lastOwnAt + echoMs, now + soonestMs);
  const look = await scheduleReconcile(services, task, record.userId, state, 'echo', why, { at });
  await services.users.commit(record, { state: withRetry(state, look) });
  return true;
}

/** The message of the decision in the row comes again: a crash may have come between the row and the queue. */
function isOfDecision(state: UserState | null, messageId: string): boolean {
  return state !== null && state.sentVersion === state.version && state.decidedBy === messageId;
}

/**
 * The hint as it is to be sent under another message id: what only the message of a decision may do, it goes on to do
 * as a retry.
 */
export function toParkedHint(hint: Hint, state: UserState | null, messageId: string): Hint {
  // A rollout's hint always goes on, and must stay known as one.
  if (hint.source === 'rollout' || !isOfDecision(state, messageId)) return hint;
  return { ...hint, source: 'retry' };
}

/** An operation was sent by the decision that the row shows, and nobody has taken it up yet. */
function isAwaited(state: UserState, now: number): boolean {
  return (
    state.sentVersion === state.version &&
    state.intent === null &&
    // A look is scheduled, or it was given up: then the operation has been taken up, in vain.
    state.retry === null &&
    state.outcome !== 'failed' &&
    Math.abs(now - (state.decidedAt ?? -Infinity)) < onItsWayMs
  );
}

function isDue(retry: UserState['retry'], now: number, withinMs: number): boolean {
  return retry !== null && retry.at > now && retry.at <= now + withinMs;
}
