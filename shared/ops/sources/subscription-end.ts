import { timing } from '../../kernel/timing';
import { subscriptionCursor } from '../../pipeline/intake/kept-subscription';
import type { Services } from '../../pipeline/services';
import type { CursorStore } from '../../store/ports/cursor-store';

/** What the end of a subscription is read from. */
export type SubscriptionRows = {
  readonly cursors: Pick<CursorStore, 'read'>;
  readonly settings: Pick<Services['settings'], 'notificationUrl'>;
};

/**
 * When the subscription to users ends, as it was asked for at its last renewal, milliseconds; undefined: the app uses no
 * notifications, or never had one. @throws TransientError
 */
export async function subscriptionEndsAt({
  cursors,
  settings,
}: SubscriptionRows): Promise<number | undefined> {
  if (settings.notificationUrl === null) return undefined;
  const { updatedAt } = await cursors.read(subscriptionCursor);
  return updatedAt === null ? undefined : updatedAt + timing.intake.subscription.ms;
}
