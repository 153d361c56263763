import type { Services } from '../../pipeline/services';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';
import { timing } from '../../kernel/timing';

/** Graph's promise to call the app when a user changes. Without it, delta alone finds changes. */
export async function checkSubscription({
  directory,
  settings,
  clock,
}: Pick<Services, 'directory' | 'settings' | 'clock'>): Promise<readonly Finding[]> {
  const name = 'subscription';
  const { notificationUrl } = settings;
  if (notificationUrl === null) {
    return [
      warn(
        name,
        'LICENSER_NOTIFICATION_URL is not set: changes are found by delta alone, within its interval',
        'Set it, and LICENSER_CLIENT_STATE, to hear of changes sooner.',
      ),
    ];
  }
  const mine = (await directory.listSubscriptions()).find(
    (one) => one.notificationUrl === notificationUrl && /^\/?users$/i.test(one.resource),
  );
  if (mine === undefined) {
    return [
      warn(
        name,
        'Graph has no subscription that calls this app: changes are found by delta alone',
        'The function graph-subscription makes it at its next run; its log says why it does not.',
      ),
    ];
  }
  const left = Date.parse(mine.expirationDateTime) - clock.now();
  if (left <= 0) {
    return [
      fail(name, `expired at ${mine.expirationDateTime}`, 'See that the function graph-subscription runs.'),
    ];
  }
  if (left < timing.doctor.subscriptionEnds.ms) {
    return [
      warn(
        name,
        `expires at ${mine.expirationDateTime} and has not been renewed lately`,
        'See that the function graph-subscription runs.',
      ),
    ];
  }
  return [ok(name, `until ${mine.expirationDateTime}`)];
}
