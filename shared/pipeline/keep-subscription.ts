import type { Pipeline } from './dependencies';

/** Directory subscriptions live under 29 days; ours ask for a week and are renewed at every run of the timer. */
const lifetimeMs = 7 * 24 * 3_600_000;

/**
 * The handler of the `graph-subscription` timer: one subscription on users that calls LICENSER_NOTIFICATION_URL.
 * Renewing also renews the endpoint's authorization, which expires about hourly.
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
export async function keepSubscription(pipeline: Pipeline): Promise<void> {
  const { directory, settings, clock, logger } = pipeline;
  const { notificationUrl, clientState } = settings;
  if (notificationUrl === null || clientState === null) {
    logger.debug('No LICENSER_NOTIFICATION_URL: changes are found by delta alone');
    return;
  }
  const expiresAt = clock.now() + lifetimeMs;
  const all = await directory.listSubscriptions();
  const mine = all.find(
    (subscription) =>
      subscription.notificationUrl === notificationUrl && /^\/?users$/i.test(subscription.resource),
  );
  if (mine !== undefined) {
    await directory.renewSubscription(mine.id, expiresAt);
    return;
  }
  const created = await directory.createSubscription({
    notificationUrl,
    clientState: clientState.reveal(),
    expiresAt,
  });
  logger.info('Subscribed to changes of users', { subscriptionId: created.id });
}
