import type { Hint } from '../queue/messages';
import type { StoredReason, UserRecord } from '../store/ports';
import type { Pipeline } from './dependencies';
import { scheduleLook } from './schedule-look';
import { withRetry } from './user-state';

/** After a decision or write of ours, the changes that Graph reports for so long are most often its echoes. */
const echoMs = 5_000;
/** A look that is due within this time will see what the hint speaks of. */
const soonMs = 15_000;

/**
 * One change of ours comes back as several hints: the usage location, the license, what the services write back,
 * each by notification and by delta, some doubled. They are not looked at one by one but together, once, a moment
 * later; a change that somebody else made meanwhile is seen by the same look. True: this hint needs no more.
 */
export async function isQuieted(pipeline: Pipeline, record: UserRecord, hint: Hint): Promise<boolean> {
  const state = record.state;
  if (state === null || (hint.source !== 'notification' && hint.source !== 'delta')) return false;
  const now = pipeline.clock.now();
  const lastOwnAt = Math.max(state.decidedAt ?? 0, state.intent?.at ?? 0, state.lastWrite?.at ?? 0);
  if (now - lastOwnAt >= echoMs) return false;
  if (state.retry !== null && state.retry.at > now) return state.retry.at <= now + soonMs;
  const why: StoredReason = { code: 'graph/echo', text: 'Changes were reported right after one of ours.' };
  const retry = await scheduleLook(pipeline, record.userId, state, 'echo', why, { at: lastOwnAt + echoMs });
  await pipeline.users.commit(record, { state: withRetry(state, retry) });
  return true;
}
