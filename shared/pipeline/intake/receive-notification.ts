import { z } from 'zod';
import { isGuid } from '../../kernel/ids';
import { bulkSize } from './bulk-pacer';
import { noteNotification } from './last-notification';
import { noteLifecycle } from './lifecycle';
import { sendLooks } from './send-looks';
import type { Services } from '../services';
import type { Task } from '../task';

/**
 * Change notifications of Graph. Only ids are taken from them; what changed is read afresh.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export type HttpAnswer = { readonly status: number; readonly contentType: string; readonly body: string };

/** Graph leaves members out or writes null. */
const text = () => z.string().nullish();
const Notification = z.object({
  subscriptionId: text(),
  clientState: text(),
  tenantId: text(),
  changeType: text(),
  resource: text(),
  resourceData: z.object({ id: text() }).loose().nullish(),
  lifecycleEvent: text(),
});
const Collection = z.object({ value: z.array(z.unknown()).max(10_000) });
type Notification = z.infer<typeof Notification>;

const plainText = (status: number, body: string): HttpAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

/**
 * 200 with the token (handshake), 202 once the hints are queued, 400 for what is no notification, 503 when this
 * app has no clientState to compare with. Foreign notifications (wrong clientState or tenant) are discarded, as
 * Microsoft asks, and logged. A queue that is down throws: the host answers 500 and Graph sends again.
 */
export async function receiveNotification(
  services: Pick<Services, 'bulkPacer' | 'clock' | 'cursors' | 'queues' | 'quota' | 'settings'>,
  task: Task,
  request: { readonly validationToken: string | null; readonly body: string },
): Promise<HttpAnswer> {
  const { settings } = services;
  const { logger } = task;
  if (request.validationToken !== null) return plainText(200, request.validationToken);
  if (settings.clientState === null) {
    logger.error('Notification refused: LICENSER_CLIENT_STATE is not set');
    return plainText(503, 'LICENSER_CLIENT_STATE is not set: notifications cannot be told from forged ones.');
  }
  const parsed = Collection.safeParse(parseJson(request.body));
  if (!parsed.success) {
    logger.warn('Notification cannot be read', { problem: z.prettifyError(parsed.error) });
    return plainText(400, `Not a change notification: ${z.prettifyError(parsed.error)}`);
  }

  const expected: Notification[] = [];
  let foreign = 0;
  let unreadable = 0;
  for (const item of parsed.data.value) {
    const { data: notification } = Notification.safeParse(item);
    if (notification === undefined) {
      unreadable++;
      continue;
    }
    const isOurs =
      settings.clientState.equals(notification.clientState ?? '') &&
      (!notification.tenantId || notification.tenantId.toLowerCase() === settings.tenantId);
    if (isOurs) expected.push(notification);
    else foreign++;
  }
  if (foreign > 0) {
    logger.warn('Notifications with a wrong clientState or tenant discarded', { discarded: foreign });
  }
  if (unreadable > 0) {
    logger.warn('Notifications that cannot be read discarded', { discarded: unreadable });
    // All of them: this is no call of Graph's. Some: what can be read is taken, and delta finds the rest.
    if (unreadable === parsed.data.value.length) return plainText(400, 'Not change notifications.');
  }
  const lifecycle: string[] = [];
  for (const { lifecycleEvent, subscriptionId } of expected) {
    if (!lifecycleEvent) continue;
    lifecycle.push(lifecycleEvent);
    logger.info('Lifecycle notification', { lifecycleEvent, subscriptionId });
  }

  const ids = [...new Set(expected.map(userIdOf).filter((id) => id !== undefined))];
  await sendLooks(services, task, ids, 'notification', ids.length > bulkSize);
  if (lifecycle.length > 0) await noteLifecycle(services, lifecycle);
  if (expected.length > 0) await noteNotification(services, task);
  return plainText(202, '');
}

/** The user's id, from resourceData or from a resource such as `Users/<id>`. undefined: not about a user. */
function userIdOf(notification: Notification): string | undefined {
  if (notification.lifecycleEvent) return undefined;
  const path = /^\/?users[/(]'?([^/')]+)/i.exec(notification.resource ?? '');
  const isUser = path !== null || !notification.resource;
  const id = notification.resourceData?.id ?? path?.[1];
  return isUser && id !== undefined && isGuid(id) ? id.toLowerCase() : undefined;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
