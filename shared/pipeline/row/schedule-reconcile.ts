import { backoffMs } from '../../kernel/retry';
import type { UserId } from '../../kernel/ids';
import { lookHint } from '../../queue/look-hint';
import type { Hint } from '../../queue/messages';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { lookNumber, newUserState, withRetry } from './user-state';
import type { RetryState, UserState } from '../../words/user-state';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';

/**
 * Retry means: look again, later. Each class of trouble has its pace and its limit; attempts are counted in the
 * user's row, so that neither a crash nor another instance forgets them.
 */
export const requeueClasses = {
  /** Graph does not know the user (yet): readers lag behind writers by seconds to minutes. */
  missing: { firstMs: 5_000, maxMs: 90_000, limit: Infinity },
  /** Somebody spoke of a change that no read shows yet. */
  lag: { firstMs: 5_000, maxMs: 90_000, limit: 2 },
  /** Memberships of a new user: directory sync writes them after the users, and nothing reports them. */
  groups: { firstMs: 90_000, maxMs: 90_000, limit: Infinity },
  /** What is reported right after a change of ours, seen together. */
  echo: { firstMs: 5_000, maxMs: 5_000, limit: Infinity },
  /** A usage location that was just set is refused until it has replicated. */
  usageLocation: { firstMs: 3_000, maxMs: 60_000, limit: 15 },
  /** Graph is down or busy: that passes, however long it takes. */
  unavailable: { firstMs: 2_000, maxMs: 300_000, limit: Infinity },
  /** On a waiting list, which wakes who is served: 4 to 8 hours later only in case that the list was lost. */
  waiting: { firstMs: 28_800_000, maxMs: 28_800_000, limit: Infinity },
  /** Graph refuses a change of a license that is held for want of seats: nothing to wait in line for. */
  seats: { firstMs: 300_000, maxMs: 3_600_000, limit: Infinity },
  /** The app may not: an admin must grant it, so it is tried at an even pace for as long as it takes. */
  permission: { firstMs: 60_000, maxMs: 300_000, limit: Infinity },
  /** This user alone is out of the app's reach, and nothing reports that it is over: tried now and then. */
  ownTrouble: { firstMs: 3_600_000, maxMs: 21_600_000, limit: Infinity },
  /** A refusal that the product does not know may pass: at once, after 1, 2, 4 and 8 minutes, then it is a failure. */
  unknown: { firstMs: 60_000, maxMs: 480_000, limit: 4 },
  /** A pause: looked at again until it is lifted (pauses/park-work.ts says when). */
  paused: { firstMs: 30_000, maxMs: 35_000, limit: Infinity },
  /** A date that the decision named. */
  due: { firstMs: 0, maxMs: 0, limit: Infinity },
} as const;
export type RequeueClass = keyof typeof requeueClasses;

/** How many times in a row this class of trouble has been met for this user, counting this one. */
export function attemptsOf(state: UserState | null, key: RequeueClass): number {
  return state?.retry?.key === key ? state.retry.attempts + 1 : 1;
}

export function isSpent(state: UserState | null, key: RequeueClass): boolean {
  return attemptsOf(state, key) > requeueClasses[key].limit;
}

/**
 * Is a scheduled hint the one that counts? Its number tells: the row's own token, or a number the row has not
 * come to yet (the hint overtook the commit of its row, which an outage can hold up) are looked at; a number that
 * the row has passed is of a look that was replaced.
 */
export function isSuperseded(state: UserState | null, token: string): boolean {
  return state?.retry?.token !== token && lookNumber(token) <= (state?.looks ?? 0);
}

/**
 * A look that overtook the commit of its row, which may still be under way, makes the row its own. Without that, a look
 * that changes nothing would leave the row as that commit expects it, and the row would then wait for a look that has
 * been; whoever is committing must begin anew instead.
 */
export async function claimScheduledLook(
  services: Services,
  record: UserRecord,
  hint: Pick<Hint, 'retryToken' | 'seenAt'>,
): Promise<UserRecord> {
  const { retryToken: token } = hint;
  if (token === undefined || record.state?.retry?.token === token) return record;
  const state = record.state ?? newUserState(Date.parse(hint.seenAt));
  const why: Reason = { code: 'look/early', text: 'A scheduled look came before the row knew of it.' };
  const retry: RetryState = { token, key: 'echo', attempts: 1, at: services.clock.now(), why };
  return services.users.commit(record, { state: withRetry(state, retry) });
}

/**
 * Sends the hint first; the caller then commits the returned state by withRetry. A commit that loses leaves a hint
 * that a later look's number supersedes; the other order could leave a row whose hint was never sent.
 */
export async function scheduleReconcile(
  services: Services,
  task: Task,
  userId: UserId,
  state: UserState | null,
  key: RequeueClass,
  why: Reason,
  options: { at?: number; retryAfterMs?: number | undefined } = {},
): Promise<RetryState> {
  const attempts = attemptsOf(state, key);
  const now = services.clock.now();
  const { firstMs, maxMs } = requeueClasses[key];
  const pace = backoffMs({ firstMs, maxMs }, attempts - 1, services.random);
  const at = options.at ?? now + Math.max(pace, options.retryAfterMs ?? 0);
  const token = `${(state?.looks ?? 0) + 1}.${services.newId()}`;
  const { isBulk: crowd, rolloutId: rollout } = task;
  await sendHints(
    services,
    task,
    [lookHint(userId, 'retry', now, { crowd, rollout, retryToken: token })],
    at,
  );
  return { token, key, attempts, at, why };
}
