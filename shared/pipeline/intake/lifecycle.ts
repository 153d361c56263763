import { ConcurrencyError } from '../../kernel/errors';
import type { Cursor } from '../../store/ports/cursor-store';
import type { Services } from '../services';
import { clientStateRow } from './client-state';
import { readRounds } from './delta-round';
import { subscriptionCursors, unusedSubscription } from './kept-subscription';

/** The row whose time tells when Graph last said that the subscription needs its owner. */
const lifecycleCursor = 'graph-lifecycle';

/**
 * Notes what Graph says of the subscription: its authorization ends (`reauthorizationRequired`), it is gone
 * (`subscriptionRemoved`), notifications were lost (`missed`, which the delta round finds). The timer of the deltas has
 * the subscription seen to. https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
export async function noteLifecycle(
  { cursors }: Pick<Services, 'cursors'>,
  events: readonly string[],
): Promise<void> {
  const row = await cursors.read(lifecycleCursor);
  try {
    await cursors.commit(lifecycleCursor, row, [...new Set(events)].sort().join(' '));
  } catch (error) {
    // Of two calls at once one is enough.
    if (!(error instanceof ConcurrencyError)) throw error;
  }
}

/**
 * Whether the subscriptions are to be seen to before their timer: Graph has spoken since they were last renewed or made, the
 * client state was rotated, or a policy names groups now. Five table reads, none without notifications.
 */
export async function isSubscriptionDue({
  cursors,
  settings,
}: Pick<Services, 'cursors' | 'settings'>): Promise<boolean> {
  if (settings.notificationUrl === null) return false;
  const [said, rotated, users, groups, rounds] = await Promise.all([
    cursors.read(lifecycleCursor),
    cursors.read(clientStateRow),
    cursors.read(subscriptionCursors.users),
    cursors.read(subscriptionCursors.groups),
    readRounds(cursors),
  ]);
  if (isAfter(said, users) || isAfter(rotated, users)) return true;
  if (!rounds.groups.isUsed) return false;
  return groups.value === null || groups.value === unusedSubscription || isAfter(rotated, groups);
}

function isAfter(one: Pick<Cursor, 'updatedAt'>, other: Pick<Cursor, 'updatedAt'>): boolean {
  return one.updatedAt !== null && one.updatedAt > (other.updatedAt ?? -Infinity);
}
