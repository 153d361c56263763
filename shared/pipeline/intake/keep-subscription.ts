import { createHash } from 'node:crypto';
import type { GraphSubscription } from '../../graph/directory';
import { GraphError } from '../../graph/refusals/graph-error';
import type { Secret } from '../../kernel/secret';
import type { Services } from '../services';
import type { Task } from '../task';
import { timing } from '../../kernel/timing';

/** The row that says which subscription is kept; its time is that of the last renewal. */
export const subscriptionCursor = 'graph-subscription';

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

/** What a subscription was made with: Graph never shows its clientState again. */
type Kept = { readonly id: string; readonly url: string; readonly state: string };
type Wanted = { readonly notificationUrl: string; readonly clientState: Secret; readonly expiresAt: number };

/**
 * The handler of the `graph-subscription` timer: exactly one subscription on users, which calls LICENSER_NOTIFICATION_URL.
 * Renewing also renews the endpoint's authorization, which expires about hourly
 * (https://learn.microsoft.com/graph/change-notifications-lifecycle-events). Graph allows one subscription a resource and
 * change type (409), so after a new key the existing one is moved, and after a new client state it is replaced.
 * @throws GraphError
 */
export async function keepSubscription(
  services: Pick<Services, 'clock' | 'cursors' | 'directory' | 'settings'>,
  task: Task,
): Promise<void> {
  const { directory, settings, clock, cursors } = services;
  const { logger } = task;
  const { notificationUrl, clientState } = settings;
  if (notificationUrl === null || clientState === null) {
    logger.debug('No LICENSER_NOTIFICATION_URL: changes are found by delta alone');
    return;
  }
  const weak = describeClientState(settings);
  if (weak !== null) logger.warn(`${weak.text}. ${weak.fix}`);
  const wanted: Wanted = {
    notificationUrl,
    clientState,
    expiresAt: clock.now() + timing.intake.subscription.ms,
  };
  const cursor = await cursors.read(subscriptionCursor);
  const kept = readKept(cursor.value);
  const onUsers = (await directory.listSubscriptions()).filter(({ resource }) =>
    /^\/?users$/i.test(resource),
  );
  const mine = onUsers.find(({ id }) => id === kept?.id);
  const now = fingerprints(notificationUrl, clientState);
  if (mine !== undefined && kept?.url === now.url) {
    await directory.renewSubscription(mine.id, wanted.expiresAt);
    // The same text again: the row's time tells when it was last renewed, also to those who do not see it in Graph.
    await cursors.commit(subscriptionCursor, cursor, cursor.value ?? '');
    return;
  }
  const isMoved =
    mine !== undefined && kept?.state === now.state && (await move(services, task, mine, wanted));
  const id = isMoved ? mine.id : await replace(services, task, onUsers, wanted);
  await cursors.commit(subscriptionCursor, cursor, [id, now.url, now.state].join(' '));
  logger.info('Subscribed to changes of users', { subscriptionId: id, isMoved });
}

function fingerprints(notificationUrl: string, clientState: Secret): Omit<Kept, 'id'> {
  const of = (text: string) => createHash('sha256').update(text).digest('hex');
  const state = clientState.reveal();
  return { url: of(`${notificationUrl}\n${state}`), state: of(state) };
}

/** Rows of an earlier version have no fingerprint of the client state alone: theirs is replaced, not moved. */
function readKept(value: string | null): Kept | undefined {
  const [id, url, state = ''] = (value ?? '').split(' ');
  return id === undefined || url === undefined ? undefined : { id, url, state };
}

/** False: Graph does not move it; it has to be replaced. */
async function move(
  { directory }: Pick<Services, 'directory'>,
  { logger }: Task,
  { id }: GraphSubscription,
  { notificationUrl, expiresAt }: Wanted,
): Promise<boolean> {
  try {
    await directory.moveSubscription(id, { notificationUrl, expiresAt });
    return true;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    logger.warn('The subscription cannot be moved to the new address; it is replaced', { error });
    return false;
  }
}

/** Those of this app on users go first: their client state is not known to match. Delta covers the time between. */
async function replace(
  { directory }: Pick<Services, 'directory'>,
  { logger }: Task,
  old: readonly GraphSubscription[],
  { notificationUrl, clientState, expiresAt }: Wanted,
): Promise<string> {
  for (const { id } of old) {
    logger.info('An old subscription to changes of users is deleted', { subscriptionId: id });
    await directory.deleteSubscription(id);
  }
  const request = { notificationUrl, clientState: clientState.reveal(), expiresAt };
  try {
    return (await directory.createSubscription(request)).id;
  } catch (error) {
    // One that the list did not show: Graph names it.
    const [existing] = error instanceof GraphError ? error.ids : [];
    if (!(error instanceof GraphError) || error.class !== 'subscriptionExists' || existing === undefined)
      throw error;
    await directory.deleteSubscription(existing);
    return (await directory.createSubscription(request)).id;
  }
}
