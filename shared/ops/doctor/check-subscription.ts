import type { Services } from '../../pipeline/services';
import { isEventGrid } from '../../config/graph-events';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';
import { GraphError } from '../../graph/refusals/graph-error';
import type { Directory, GraphSubscription } from '../../graph/directory';
import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { readRounds } from '../../pipeline/intake/delta-round';
import { describeClientState } from '../../pipeline/intake/keep-subscription';
import { notificationCursor } from '../../pipeline/intake/last-notification';
import {
  readKept,
  refusedSubscription,
  subscriptionCursor,
  subscriptionCursors,
} from '../../pipeline/intake/kept-subscription';

const name = 'subscription';
type Looking = Pick<Services, 'directory' | 'cursors' | 'settings' | 'clock'>;

/**
 * Graph's promise to call the app when a user changes. Without it, delta alone finds changes. To a person's sign-in Graph
 * shows the subscriptions of that person only, so what the app itself has recorded counts as well.
 */
export async function checkSubscription(services: Looking): Promise<readonly Finding[]> {
  const weak = describeClientState(services.settings);
  return [
    ...(weak === null ? [] : [warn(name, weak.text, weak.fix)]),
    ...(await findSubscription(services)),
    ...(await findGroupSubscription(services)),
    ...(await findEvents(services)),
  ];
}

const eventsName = 'Event Grid';

/** Whether what Graph hands to Event Grid arrives: the topic and its way on are made by hand or by the deployment. */
async function findEvents({ cursors, settings }: Looking): Promise<readonly Finding[]> {
  if (!isEventGrid(settings.notificationUrl ?? '')) return [];
  const { updatedAt } = await cursors.read(notificationCursor);
  return [
    updatedAt === null
      ? warn(
          eventsName,
          'no event has come yet: changes are found by delta alone',
          'When the app has subscribed, the partner topic is to be activated and to deliver to the app: docs/deploy.md, step 6.',
        )
      : ok(eventsName, `the last event came at ${isoTime(updatedAt)}`),
  ];
}

const groupsName = 'subscription to groups';

/** By the row that the app keeps: Graph shows a person only that person's own. Nothing while no policy names a group. */
async function findGroupSubscription({ cursors, settings, clock }: Looking): Promise<readonly Finding[]> {
  if (settings.notificationUrl === null || !(await readRounds(cursors)).groups.isUsed) return [];
  const { value, updatedAt } = await cursors.read(subscriptionCursors.groups);
  if (value === refusedSubscription) {
    return [
      warn(
        groupsName,
        'Graph refuses it: a change of membership is found by delta alone, within its interval',
        'Grant Group.Read.All to hear of it within seconds: docs/permissions.md. Everything works without.',
      ),
    ];
  }
  const isKept = readKept(value) !== undefined;
  const age = clock.now() - (updatedAt ?? -Infinity);
  if (!isKept || age > timing.doctor.subscriptionRenewed.ms) {
    return [
      warn(
        groupsName,
        isKept ? `was last renewed at ${isoTime(updatedAt ?? 0)}` : 'there is none yet',
        'The function graph-subscription makes and renews it; its log says why it does not.',
      ),
    ];
  }
  return [ok(groupsName, `the app renewed it at ${isoTime(updatedAt ?? 0)}`)];
}

async function findSubscription({
  directory,
  cursors,
  settings,
  clock,
}: Looking): Promise<readonly Finding[]> {
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
  const mine = (await visibleSubscriptions(directory)).find(
    (one) => one.notificationUrl === notificationUrl && /^\/?users$/i.test(one.resource),
  );
  if (mine === undefined) {
    const { updatedAt } = await cursors.read(subscriptionCursor);
    if (updatedAt !== null && clock.now() - updatedAt < timing.doctor.subscriptionRenewed.ms) {
      return [
        ok(name, `the app renewed it at ${isoTime(updatedAt)}; Graph does not show it to this sign-in`),
      ];
    }
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

/** None when this sign-in may not ask. */
async function visibleSubscriptions(
  directory: Pick<Directory, 'listSubscriptions'>,
): Promise<readonly GraphSubscription[]> {
  try {
    return await directory.listSubscriptions();
  } catch (error) {
    if (error instanceof GraphError && error.class === 'permission') return [];
    throw error;
  }
}
