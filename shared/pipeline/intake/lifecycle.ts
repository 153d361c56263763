import { ConcurrencyError } from '../../kernel/errors';
import type { Cursor } from '../../store/ports/cursor-store';
import type { Services } from '../services';
import { fingerprintOf, readClientState } from './client-state';
import { readRounds } from './delta-round';
import { readKept, subscriptionCursors, unusedSubscription } from './kept-subscription';

/** The row whose time tells when Graph last said that the subscription needs its owner. */
const lifecycleCursor = 'graph-lifecycle';

/**
 * Notes what Graph says of the subscription: its authorization ends (`reauthorizationRequired`), it is gone
 * (`subscriptionRemoved`), notifications were lost (`missed`, which the delta round finds). The timer of the deltas has
 * the subscription seen to. https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
export async function noteLifecycle(
  { cursors }: Pick<Services, 'cursors'>,
  events: readonly string[],
): Promise<void> {
  const row = await cursors.read(lifecycleCursor);
  try {
    await cursors.commit(lifecycleCursor, row, [...new Set(events)].sort().join(' '));
  } catch (error) {
    // Of two calls at once one is enough.
    if (!(error instanceof ConcurrencyError)) throw error;
  }
}

/**
 * Whether the subscriptions are to be seen to before their timer: Graph has spoken since they were last renewed or made, one
 * was made with another client state than the present one, or a policy names groups now. Five rows of cursors, none without
 * notifications.
 */
export async function isSubscriptionDue({
  cursors,
  settings,
}: Pick<Services, 'cursors' | 'settings'>): Promise<boolean> {
  const { notificationUrl, clientState } = settings;
  if (notificationUrl === null || clientState === null) return false;
  const [said, present, users, groups, rounds] = await Promise.all([
    cursors.read(lifecycleCursor),
    readClientState(cursors, clientState),
    cursors.read(subscriptionCursors.users),
    cursors.read(subscriptionCursors.groups),
    readRounds(cursors),
  ]);
  // Times do not tell: a renewal that began before a rotation may be stored after it.
  const state = present === undefined ? undefined : fingerprintOf(present.reveal());
  if (isAfter(said, users) || isOfOther(users, state)) return true;
  if (!rounds.groups.isUsed) return false;
  return groups.value === null || groups.value === unusedSubscription || isOfOther(groups, state);
}

/** Rows of earlier versions do not tell the client state, and one that cannot be read has nothing replaced. */
function isOfOther({ value }: Pick<Cursor, 'value'>, state: string | undefined): boolean {
  const kept = readKept(value)?.state ?? '';
  return state !== undefined && kept !== '' && kept !== state;
}

function isAfter(one: Pick<Cursor, 'updatedAt'>, other: Pick<Cursor, 'updatedAt'>): boolean {
  return one.updatedAt !== null && one.updatedAt > (other.updatedAt ?? -Infinity);
}
