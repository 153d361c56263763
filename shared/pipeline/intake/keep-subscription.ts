import { createHash } from 'node:crypto';
import type { Services } from '../services';
import type { Task } from '../task';

const cursorName = 'graph-subscription';

/** Directory subscriptions live under 29 days; ours ask for a week and are renewed at every run of the timer. */
const lifetimeMs = 7 * 24 * 3_600_000;

/**
 * The handler of the `graph-subscription` timer: one subscription on users that calls LICENSER_NOTIFICATION_URL.
 * Renewing also renews the endpoint's authorization, which expires about hourly.
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
export async function keepSubscription(services: Services, task: Task): Promise<void> {
  const { directory, settings, clock, cursors } = services;
  const { logger } = task;
  const { notificationUrl, clientState } = settings;
  if (notificationUrl === null || clientState === null) {
    logger.debug('No LICENSER_NOTIFICATION_URL: changes are found by delta alone');
    return;
  }
  const expiresAt = clock.now() + lifetimeMs;
  const cursor = await cursors.read(cursorName);
  const fingerprint = createHash('sha256')
    .update(`${notificationUrl}\n${clientState.reveal()}`)
    .digest('hex');
  const all = await directory.listSubscriptions();
  const mine = all.find(
    (subscription) =>
      cursor.value === `${subscription.id} ${fingerprint}` && /^\/?users$/i.test(subscription.resource),
  );
  // Graph does not show a subscription's clientState. One that was made with another is left to expire: its
  // notifications are discarded, and renewing it would keep the app deaf.
  if (mine !== undefined) {
    await directory.renewSubscription(mine.id, expiresAt);
    return;
  }
  const created = await directory.createSubscription({
    notificationUrl,
    clientState: clientState.reveal(),
    expiresAt,
  });
  await cursors.commit(cursorName, cursor, `${created.id} ${fingerprint}`);
  logger.info('Subscribed to changes of users', { subscriptionId: created.id });
}
