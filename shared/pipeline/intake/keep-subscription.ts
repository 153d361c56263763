import type { GraphSubscription } from '../../graph/directory';
import { isFailedHandshake } from '../../graph/refusals/failed-handshake';
import { GraphError } from '../../graph/refusals/graph-error';
import type { Secret } from '../../kernel/secret';
import type { Services } from '../services';
import type { Task } from '../task';
import { timing } from '../../kernel/timing';
import { fingerprintOf, readClientState, retireClientState } from './client-state';
import { readRounds } from './delta-round';
import {
  readKept,
  refusedSubscription,
  subscriptionCursors,
  unusedSubscription,
  writeKept,
} from './kept-subscription';
import type { KeptSubscription, SubscribedResource } from './kept-subscription';

/** Fewer characters can be guessed; what was set so before stays in use, and is reported. */
const shortestClientState = 16;

/** What is wrong with the client state of an app that Graph calls, and how it is put right; null: nothing. */
export function describeClientState({
  notificationUrl,
  clientState,
}: Pick<Services['settings'], 'notificationUrl' | 'clientState'>): { text: string; fix: string } | null {
  if (notificationUrl === null || clientState === null) return null;
  if (clientState.reveal().length >= shortestClientState) return null;
  return {
    text: `LICENSER_CLIENT_STATE has fewer than ${shortestClientState} characters: a stranger may guess it and send notifications, each of which costs a look at users`,
    fix: `Set it to ${shortestClientState} to 128 random characters; the subscription is replaced at the next run of graph-subscription.`,
  };
}

type Wanted = {
  readonly resource: SubscribedResource;
  readonly notificationUrl: string;
  readonly clientState: Secret;
  readonly expiresAt: number;
};
type KeepServices = Pick<Services, 'clock' | 'cursors' | 'directory' | 'settings'>;

/**
 * The handler of the `graph-subscription` timer: exactly one subscription on users, and one on groups while a policy names
 * groups, both calling LICENSER_NOTIFICATION_URL. Renewing also renews the endpoint's authorization, which expires about hourly
 * (https://learn.microsoft.com/graph/change-notifications-lifecycle-events). Graph allows one subscription a resource and
 * change type (409), so one whose address or client state has changed is deleted first, and made anew.
 * @throws GraphError
 */
export async function keepSubscription(services: KeepServices, task: Task): Promise<void> {
  const { directory, settings, clock, cursors } = services;
  const { logger } = task;
  const { notificationUrl, clientState } = settings;
  if (notificationUrl === null || clientState === null) {
    logger.debug('No LICENSER_NOTIFICATION_URL: changes are found by delta alone');
    return;
  }
  const weak = describeClientState(settings);
  if (weak !== null) logger.warn(`${weak.text}. ${weak.fix}`);
  const expiresAt = clock.now() + timing.intake.subscription.ms;
  const present = await readClientState(cursors, clientState);
  const all = await directory.listSubscriptions();
  if (present === undefined) {
    logger.error('Which client state is in use cannot be read: the subscriptions are only renewed', {
      hint: 'licenser repair',
    });
    await renewKept(services, all, expiresAt);
    return;
  }
  const wanted = { notificationUrl, clientState: present, expiresAt };
  await keepOne(services, task, all, { ...wanted, resource: 'users' });
  await keepGroups(services, task, all, { ...wanted, resource: 'groups' });
}

/** What is there lives on as it is: Graph goes on calling, with client states that the kept rows tell. */
async function renewKept(
  { directory, cursors }: KeepServices,
  all: readonly GraphSubscription[],
  expiresAt: number,
): Promise<void> {
  for (const name of Object.values(subscriptionCursors)) {
    const cursor = await cursors.read(name);
    const kept = readKept(cursor.value);
    if (cursor.value === null || !all.some(({ id }) => id === kept?.id)) continue;
    await directory.renewSubscription(kept?.id ?? '', expiresAt);
    await cursors.commit(name, cursor, cursor.value);
  }
}

/**
 * Subscribing to groups takes Group.Read.All, which nothing else takes: without it groups are followed by delta alone, and
 * the next run tries again (https://learn.microsoft.com/graph/api/subscription-post-subscriptions#permissions).
 */
async function keepGroups(
  services: KeepServices,
  task: Task,
  all: readonly GraphSubscription[],
  wanted: Wanted,
): Promise<void> {
  const { directory, cursors } = services;
  const row = subscriptionCursors.groups;
  const { groups } = await readRounds(cursors);
  if (!groups.isUsed) {
    const cursor = await cursors.read(row);
    const kept = readKept(cursor.value);
    if (kept === undefined) return;
    await directory.deleteSubscription(kept.id);
    await cursors.commit(row, cursor, unusedSubscription);
    return;
  }
  try {
    await keepOne(services, task, all, wanted);
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'permission') throw error;
    const cursor = await cursors.read(row);
    await cursors.commit(row, cursor, refusedSubscription);
    task.logger.warn('Graph does not let the app subscribe to groups: they are followed by delta alone', {
      permission: 'Group.Read.All',
      error,
    });
  }
}

async function keepOne(
  services: KeepServices,
  task: Task,
  all: readonly GraphSubscription[],
  wanted: Wanted,
): Promise<void> {
  const { directory, cursors } = services;
  const { resource } = wanted;
  const cursor = await cursors.read(subscriptionCursors[resource]);
  const kept = readKept(cursor.value);
  const onResource = all.filter((one) => one.resource.replace(/^\//, '').toLowerCase() === resource);
  const mine = onResource.find(({ id }) => id === kept?.id);
  const now = fingerprints(wanted);
  if (mine !== undefined && kept?.url === now.url && !callsOldAddress(mine, wanted)) {
    await directory.renewSubscription(mine.id, wanted.expiresAt);
    // The row's time tells when it was last renewed, also to those who do not see it in Graph. A row of an earlier version
    // gets the client state.
    await cursors.commit(subscriptionCursors[resource], cursor, writeKept({ id: mine.id, ...now }));
    return;
  }
  // What Graph repeats after the replacement is still of the subscription before.
  if (kept !== undefined && kept.state !== '' && kept.state !== now.state)
    await retireClientState(services, kept.state);
  const id = await replace(services, task, onResource, wanted);
  await cursors.commit(subscriptionCursors[resource], cursor, writeKept({ id, ...now }));
  task.logger.info(`Subscribed to changes of ${resource}`, { subscriptionId: id });
}

/**
 * Whether Graph sends lifecycle events to an address of before, as after an earlier version moved the subscription: Graph changes
 * notificationUrl in place, and the address of lifecycle events never, so that with a new function key they would be refused
 * (https://learn.microsoft.com/graph/change-notifications-lifecycle-events). Where Graph shows the other address in
 * another form, too, nothing can be told.
 */
function callsOldAddress(mine: GraphSubscription, { notificationUrl }: Wanted): boolean {
  const { lifecycleNotificationUrl } = mine;
  if (!lifecycleNotificationUrl || mine.notificationUrl !== notificationUrl) return false;
  return lifecycleNotificationUrl !== notificationUrl;
}

function fingerprints({ notificationUrl, clientState }: Wanted): Omit<KeptSubscription, 'id'> {
  const state = clientState.reveal();
  return { url: fingerprintOf(`${notificationUrl}\n${state}`), state: fingerprintOf(state) };
}

/** Those of this app on the resource go first: their client state is not known to match. Delta covers the time between. */
async function replace(
  { directory }: Pick<Services, 'directory'>,
  { logger }: Task,
  old: readonly GraphSubscription[],
  { resource, notificationUrl, clientState, expiresAt }: Wanted,
): Promise<string> {
  for (const { id } of old) {
    logger.info('An old subscription is deleted', { resource, subscriptionId: id });
    await directory.deleteSubscription(id);
  }
  const request = { resource, notificationUrl, clientState: clientState.reveal(), expiresAt };
  const create = async () => (await directory.createSubscription(request)).id;
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    if (isFailedHandshake(error)) {
      // An app that had nothing to do starts while Graph waits for its answer. It runs now.
      logger.warn('The app did not answer Graph in time; Graph is asked once more', { resource, error });
      return create();
    }
    // One that the list did not show: Graph names it.
    const [existing] = error.ids;
    if (error.class !== 'subscriptionExists' || existing === undefined) throw error;
    await directory.deleteSubscription(existing);
    return create();
  }
}
