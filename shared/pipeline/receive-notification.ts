import { z } from 'zod';
import { isGuid } from '../kernel/ids';
import type { Hint } from '../queue/messages';
import type { Pipeline } from './dependencies';

/**
 * Change notifications of Graph. Only ids are taken from them; what changed is read afresh.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export type HttpAnswer = { readonly status: number; readonly contentType: string; readonly body: string };

const Notification = z.object({
  subscriptionId: z.string().optional(),
  clientState: z.string().optional(),
  tenantId: z.string().optional(),
  changeType: z.string().optional(),
  resource: z.string().optional(),
  resourceData: z.object({ id: z.string().optional() }).loose().optional(),
  lifecycleEvent: z.string().optional(),
});
const Collection = z.object({ value: z.array(Notification).max(10_000) });
type Notification = z.infer<typeof Notification>;

const crowdSize = 50;
const text = (status: number, body: string): HttpAnswer => ({
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
  pipeline: Pipeline,
  request: { readonly validationToken: string | null; readonly body: string },
): Promise<HttpAnswer> {
  const { logger, settings, queues, clock } = pipeline;
  if (request.validationToken !== null) return text(200, request.validationToken);
  if (settings.clientState === null) {
    logger.error('Notification refused: LICENSER_CLIENT_STATE is not set');
    return text(503, 'LICENSER_CLIENT_STATE is not set: notifications cannot be told from forged ones.');
  }
  const parsed = Collection.safeParse(parseJson(request.body));
  if (!parsed.success) {
    logger.warn('Notification cannot be read', { problem: z.prettifyError(parsed.error) });
    return text(400, `Not a change notification: ${z.prettifyError(parsed.error)}`);
  }

  const ours: Notification[] = [];
  let foreign = 0;
  for (const notification of parsed.data.value) {
    const isOurs =
      settings.clientState.equals(notification.clientState ?? '') &&
      (notification.tenantId === undefined || notification.tenantId.toLowerCase() === settings.tenantId);
    if (isOurs) ours.push(notification);
    else foreign++;
  }
  if (foreign > 0) {
    logger.warn('Notifications with a wrong clientState or tenant discarded', { discarded: foreign });
  }
  for (const { lifecycleEvent, subscriptionId } of ours) {
    if (lifecycleEvent !== undefined) {
      logger.info('Lifecycle notification', { lifecycleEvent, subscriptionId });
    }
  }

  const ids = [...new Set(ours.map(userIdOf).filter((id) => id !== undefined))];
  const seenAt = new Date(clock.now()).toISOString();
  const crowd = ids.length > crowdSize;
  if (ids.length > 0) {
    await queues.sendHints(
      ids.map((id): Hint => ({
        kind: 'look',
        user: { id },
        source: 'notification',
        seenAt,
        ...(crowd ? { crowd: true } : {}),
      })),
    );
  }
  return text(202, '');
}

/** The user's id, from resourceData or from a resource such as `Users/<id>`. undefined: not about a user. */
function userIdOf(notification: Notification): string | undefined {
  if (notification.lifecycleEvent !== undefined) return undefined;
  const path = /^\/?users[/(]'?([^/')]+)/i.exec(notification.resource ?? '');
  const isUser = path !== null || notification.resource === undefined;
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
