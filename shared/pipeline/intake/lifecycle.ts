import { ConcurrencyError } from '../../kernel/errors';
import type { Services } from '../services';
import { subscriptionCursor } from './keep-subscription';

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

/** Whether Graph has spoken since the subscription was last renewed or made. Two table reads, none without notifications. */
export async function isSubscriptionDue({
  cursors,
  settings,
}: Pick<Services, 'cursors' | 'settings'>): Promise<boolean> {
  if (settings.notificationUrl === null) return false;
  const [said, kept] = await Promise.all([cursors.read(lifecycleCursor), cursors.read(subscriptionCursor)]);
  return said.updatedAt !== null && said.updatedAt > (kept.updatedAt ?? -Infinity);
}
