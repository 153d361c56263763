import { timing } from '../../kernel/timing';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import { entryOf, newEntry, withEntry } from './agenda/agenda';
import type { FailureFacts, Step } from './effects';
import type { Moment, Refusal, Row, Suspect } from './events';
import { wasRefused } from './parked';
import { parkedUntil, refusedCode } from './pause-codes';
import { requeue } from './refusal-steps';

/** The status of what Graph did not answer. */
const noAnswer = 0;

/**
 * 401 or 403. The app lacks a permission, as a rule: the scope is paused and the user parked. When others are served,
 * it is this user's own trouble: looked at again, and a failure from the second time on.
 */
export function notPermitted(
  row: Row,
  next: UserState,
  refusal: Refusal,
  suspect: Suspect | undefined,
  moment: Moment,
  token: string | undefined,
): Step {
  const parked = parkForSuspect(row, next, refusal, suspect, moment, token);
  if (parked !== undefined) return parked;
  const { reason, requestId, status } = refusal;
  // Graph was not asked, for this process got no token while others did: no trouble of the user's. Another process may
  // take the next look.
  if (status === noAnswer) return requeue(row, next, 'unavailable', reason, moment, { token });
  const isRepeated = suspect !== undefined && wasRefused(row.state, suspect.scope);
  const failure: FailureFacts = { class: refusal.class, reason, requestId };
  return requeue(row, next, 'permission', reason, moment, { token, ...(isRepeated ? { failure } : {}) });
}

/** Graph would refuse any user this: the scope is paused, and the user, who is no failure, waits for it. */
export function parkForSuspect(
  row: Row,
  next: UserState,
  refusal: Refusal,
  suspect: Suspect | undefined,
  moment: Moment,
  token: string | undefined,
): Step | undefined {
  if (suspect === undefined || isOwnTrouble(row.state, suspect, moment.now)) return undefined;
  return park(row, next, refusal, suspect, moment, token);
}

/** Pauses the scope and parks the user, whose case is not the user’s own trouble. */
export function park(
  row: Row,
  next: UserState,
  { reason }: Refusal,
  { scope, origin, by }: Suspect,
  moment: Moment,
  token: string | undefined,
): Step {
  const why: Reason = { code: refusedCode(scope), text: reason.text };
  const entry = newEntry(next, 'paused', why, moment, { at: parkedUntil(moment) });
  const parked = withEntry(next, entry, moment, token);
  return {
    row: { ...row, state: parked.state },
    timeline: [],
    before: [{ kind: 'pause', scope, origin, reason: reason.text, by }, ...parked.before],
    after: [],
    result: { kind: 'park', scope },
  };
}

/**
 * Is a refusal about this user alone? It is when the same worked for another user in the last seconds, or since this
 * very user was refused before: a user in a restricted management unit, for example, is refused while others are not.
 */
function isOwnTrouble(state: UserState | null, { scope, workedAt }: Suspect, now: number): boolean {
  const permission = entryOf(state, 'permission');
  if (permission !== undefined && permission.attempts > 1) return true;
  if (workedAt === undefined) return false;
  if (now - workedAt < timing.pauses.successRecent.ms) return true;
  const last = permission ?? entryOf(state, 'paused');
  if (last === undefined || !wasRefused(state, scope)) return false;
  return workedAt > last.at - timing.pauses.longestLook.ms;
}
