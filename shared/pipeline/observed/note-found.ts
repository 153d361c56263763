import type { Hint } from '../../queue/messages';
import { isChangeSource } from '../../words/messages/hint-source';
import type { UserState } from '../../words/user-state';
import type { Seen } from '../row/events';
import type { Services } from '../services';

/**
 * Whether a look has found what the row did not know: a user who was never decided, or something else of the user under the
 * same policy. After a write of our own the row expects a change, so that is none.
 */
export function isNews(before: UserState | null, seen: Pick<Seen, 'decision' | 'digest'>): boolean {
  if (before === null || before.decidedAt === null) return seen.decision.outcome !== 'outOfScope';
  const isSamePolicy = before.policyHash === seen.decision.policyHash;
  return isSamePolicy && before.digest !== null && before.digest !== seen.digest;
}

/**
 * Counts which source brought news first, once the row knows it. What the deltas bring first although Graph calls the app is a
 * gap of the notifications: a few are, since a round may come before the notification does; many mean that Graph does not
 * call. A change of a group's members is no gap: it is followed by `groups/delta`, also when a notification has asked for that.
 * The audit log tells minutes later: what it brings first, members too, is a gap of the deltas, unless the row says that a worker
 * is at the user already, as the census judges it: a retry waits, a write is under way, or Graph did not know the user yet.
 */
export function noteFound(
  { metrics, settings }: Pick<Services, 'metrics' | 'settings'>,
  { source, group }: Pick<Hint, 'source' | 'group'>,
  before: UserState | null,
  seen: Pick<Seen, 'decision' | 'digest'>,
): void {
  if (!isChangeSource(source) || !isNews(before, seen)) return;
  metrics.found(source);
  if (source === 'auditLog' && !isUnderWay(before)) metrics.gap('delta', source);
  const isGap = source === 'delta' && group !== true && settings.notificationUrl !== null;
  if (isGap) metrics.gap('notification', source);
}

/** Delta, or something else, did tell of the user, and the row waits for what comes next. */
function isUnderWay(before: UserState | null): boolean {
  if (before === null) return false;
  return (
    before.outcome === null || before.retry !== null || before.intent !== null || before.missingSince !== null
  );
}
