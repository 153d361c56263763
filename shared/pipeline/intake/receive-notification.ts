import { z } from 'zod';
import { Notification, takeNotifications } from './take-notifications';
import type { FollowGroups, TakeServices } from './take-notifications';
import { parseJson } from './events/parse-json';
import type { Task } from '../task';

/**
 * Change notifications of Graph's calls.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export type HttpAnswer = { readonly status: number; readonly contentType: string; readonly body: string };

const Collection = z.object({ value: z.array(z.unknown()).max(10_000) });

/** An answer whose body is text. */
export const plainText = (status: number, body: string): HttpAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

/** What is to be sent again: the client states were read less than a second ago, and may have changed since. */
export const sendAgain = plainText(503, 'The client state is not known yet: send it again.');

/**
 * 200 with the token (handshake), 202 once the hints are queued, 400 for what is no notification, 503 when this
 * app has no clientState to compare with, or one is not known yet. Foreign notifications (wrong clientState or tenant) are discarded, as
 * Microsoft asks, and logged; replayed ones end here too. A queue that is down throws: the host answers 500 and Graph sends again.
 */
export async function receiveNotification(
  services: TakeServices,
  task: Task,
  request: { readonly validationToken: string | null; readonly body: string },
  followGroups: FollowGroups,
): Promise<HttpAnswer> {
  const { clientState } = services.settings;
  const { logger } = task;
  if (request.validationToken !== null) return plainText(200, request.validationToken);
  if (clientState === null) {
    logger.error('Notification refused: LICENSER_CLIENT_STATE is not set');
    return plainText(503, 'LICENSER_CLIENT_STATE is not set: notifications cannot be told from forged ones.');
  }
  const parsed = Collection.safeParse(parseJson(request.body));
  if (!parsed.success) {
    logger.warn('Notification cannot be read', { problem: z.prettifyError(parsed.error) });
    return plainText(400, `Not a change notification: ${z.prettifyError(parsed.error)}`);
  }
  const readable = parsed.data.value
    .map((item) => Notification.safeParse(item).data)
    .filter((notification) => notification !== undefined);
  const unreadable = parsed.data.value.length - readable.length;
  if (unreadable > 0) {
    logger.warn('Notifications that cannot be read discarded', { discarded: unreadable });
    // All of them: this is no call of Graph's. Some: what can be read is taken, and delta finds the rest.
    if (readable.length === 0) return plainText(400, 'Not change notifications.');
  }
  const { unknown } = await takeNotifications(services, task, clientState, readable, followGroups);
  return unknown > 0 ? sendAgain : plainText(202, '');
}
