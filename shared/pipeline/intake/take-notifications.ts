import { z } from 'zod';
import { isGuid, toGroupId } from '../../kernel/ids';
import type { GroupId } from '../../kernel/ids';
import type { Secret } from '../../kernel/secret';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';
import { judgeClientStates } from './client-state';
import { areFollowed } from './groups/are-followed';
import { noteNotification } from './last-notification';
import { noteLifecycle } from './lifecycle';
import { isReplayed, noteTaken } from './replayed-notifications';
import { sendLooks } from './send-looks';
import type { Services } from '../services';
import type { Task } from '../task';

/** Graph leaves members out or writes null. */
const text = () => z.string().nullish();

/**
 * A change notification, whichever way it came: in a call of Graph's, or as the data of a CloudEvent. Only ids are taken from
 * it; what changed is read afresh. https://learn.microsoft.com/graph/api/resources/changenotification
 */
export const Notification = z.object({
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
export type Notification = z.infer<typeof Notification>;

/** What taking notifications uses. */
export type TakeServices = Pick<
  Services,
  'bulkPacer' | 'clock' | 'cursors' | 'queues' | 'quota' | 'settings'
>;
/** Has the changes of groups followed soon. Waited for `timing.intake.noteWait` at most: Graph waits for its answer. */
export type FollowGroups = () => Promise<void>;

/** How many notifications of a call were not taken. */
export type Untaken = {
  /** Of another tenant, or with a client state that is not this app's. */
  readonly foreign: number;
  /** With a client state that the rows may have and this process has not read: they are to come again. */
  readonly unknown: number;
};

/**
 * Queues the looks that notifications ask for, and notes what they say of their subscription. Those without a client state of
 * this app, or of another tenant, are dropped and logged; replayed ones end here too. `setting`: LICENSER_CLIENT_STATE.
 * @throws TransientError the queue is down, or the client states cannot be read
 */
export async function takeNotifications(
  services: TakeServices,
  task: Task,
  setting: Secret,
  notifications: readonly Notification[],
  followGroups: FollowGroups,
): Promise<Untaken> {
  const { ours, foreign, unknown } = await judge(services, setting, notifications);
  if (foreign > 0) {
    task.logger.warn('Notifications with a wrong clientState or tenant discarded', { discarded: foreign });
  }
  if (unknown > 0) {
    task.logger.warn('Notifications with a clientState that is not known yet are to be sent again', {
      unknown,
    });
  }
  const fresh = ours.filter((one) => !isReplayed(services, toSent(one)));
  await take(services, task, fresh, followGroups);
  noteTaken(services, fresh.map(toSent));
  return { foreign, unknown };
}

/** Those that carry one of our client states, and no other tenant. Each client state of a call is compared once. */
async function judge(
  services: TakeServices,
  setting: Secret,
  notifications: readonly Notification[],
): Promise<Untaken & { readonly ours: readonly Notification[] }> {
  const { tenantId } = services.settings;
  const ofTenant = notifications.filter((one) => !one.tenantId || one.tenantId.toLowerCase() === tenantId);
  const stateOf = ({ clientState }: Notification) => clientState ?? '';
  const verdicts = await judgeClientStates(services, setting, new Set(ofTenant.map(stateOf)));
  const ours = ofTenant.filter((one) => verdicts.get(stateOf(one)) === 'ours');
  const unknown = ofTenant.filter((one) => verdicts.get(stateOf(one)) === 'unknown').length;
  return { ours, unknown, foreign: notifications.length - ours.length - unknown };
}

const toSent = ({ id, subscriptionExpirationDateTime: expiresAt }: Notification) => ({ id, expiresAt });

async function take(
  services: TakeServices,
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
  const isCrowd = users.size > 0 && services.bulkPacer.isCrowd(users.size);
  await sendLooks(services, task, [...users], 'notification', isCrowd);
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
