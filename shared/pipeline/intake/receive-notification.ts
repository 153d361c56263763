import { z } from 'zod';
import { isGuid, toGroupId } from '../../kernel/ids';
import type { GroupId } from '../../kernel/ids';
import type { Secret } from '../../kernel/secret';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';
import { bulkSize } from './bulk-pacer';
import { isOurClientState } from './client-state';
import { areFollowed } from './groups/are-followed';
import { noteNotification } from './last-notification';
import { noteLifecycle } from './lifecycle';
import { isReplayed, noteTaken } from './replayed-notifications';
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
  id: text(),
  subscriptionId: text(),
  subscriptionExpirationDateTime: text(),
  clientState: text(),
  tenantId: text(),
  changeType: text(),
  resource: text(),
  resourceData: z.object({ id: text() }).nullish(),
  lifecycleEvent: text(),
});
const Collection = z.object({ value: z.array(z.unknown()).max(10_000) });
type Notification = z.infer<typeof Notification>;

const plainText = (status: number, body: string): HttpAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

type ReceiveServices = Pick<Services, 'bulkPacer' | 'clock' | 'cursors' | 'queues' | 'quota' | 'settings'>;
/** Has the changes of groups followed soon. Waited for `timing.intake.noteWait` at most: Graph waits for its answer. */
type FollowGroups = () => Promise<void>;

/**
 * 200 with the token (handshake), 202 once the hints are queued, 400 for what is no notification, 503 when this
 * app has no clientState to compare with. Foreign notifications (wrong clientState or tenant) are discarded, as
 * Microsoft asks, and logged; replayed ones end here too. A queue that is down throws: the host answers 500 and Graph sends again.
 */
export async function receiveNotification(
  services: ReceiveServices,
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
  const expected = await withoutForeign(services, clientState, readable);
  if (expected.length < readable.length) {
    logger.warn('Notifications with a wrong clientState or tenant discarded', {
      discarded: readable.length - expected.length,
    });
  }
  const fresh = expected.filter((one) => !isReplayed(services, toSent(one)));
  await take(services, task, fresh, followGroups);
  noteTaken(services, fresh.map(toSent));
  return plainText(202, '');
}

/** Those that carry one of our client states, and no other tenant. Each client state of a call is compared once. */
async function withoutForeign(
  services: ReceiveServices,
  setting: Secret,
  notifications: readonly Notification[],
): Promise<readonly Notification[]> {
  const { tenantId } = services.settings;
  const ofTenant = notifications.filter((one) => !one.tenantId || one.tenantId.toLowerCase() === tenantId);
  const stateOf = ({ clientState }: Notification) => clientState ?? '';
  const ours = new Set<string>();
  for (const state of new Set(ofTenant.map(stateOf)))
    if (await isOurClientState(services, setting, state)) ours.add(state);
  return ofTenant.filter((one) => ours.has(stateOf(one)));
}

const toSent = ({ id, subscriptionExpirationDateTime: expiresAt }: Notification) => ({ id, expiresAt });

async function take(
  services: ReceiveServices,
  task: Task,
  notifications: readonly Notification[],
  followGroups: FollowGroups,
): Promise<void> {
  const lifecycle: string[] = [];
  const users = new Set<string>();
  const groups = new Set<GroupId>();
  for (const notification of notifications) {
    const { lifecycleEvent, subscriptionId } = notification;
    if (lifecycleEvent) {
      lifecycle.push(lifecycleEvent);
      task.logger.info('Lifecycle notification', { lifecycleEvent, subscriptionId });
      continue;
    }
    const about = subjectOf(notification);
    if (about?.kind === 'user') users.add(about.id);
    if (about?.kind === 'group') groups.add(toGroupId(about.id));
  }
  await sendLooks(services, task, [...users], 'notification', users.size > bulkSize);
  if (groups.size > 0 && (await areFollowed(services, groups)))
    await within(followGroups(), timing.intake.noteWait.ms);
  if (lifecycle.length > 0) await noteLifecycle(services, lifecycle);
  if (notifications.length > 0) await noteNotification(services, task);
}

const setOf = /^\/?(user|group)s[/(]'?([^/')]+)/i;

/**
 * The user or group that changed, from resourceData or from a resource such as `Users/<id>`; without a resource it is a
 * user. undefined: about nothing that the app follows.
 */
function subjectOf({
  resource,
  resourceData,
}: Notification): { readonly kind: 'user' | 'group'; readonly id: string } | undefined {
  const [, set, idInPath] = setOf.exec(resource ?? '') ?? [];
  if (set === undefined && resource) return undefined;
  const id = resourceData?.id ?? idInPath;
  const kind = set?.toLowerCase() === 'group' ? 'group' : 'user';
  return id !== undefined && isGuid(id) ? { kind, id: id.toLowerCase() } : undefined;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
