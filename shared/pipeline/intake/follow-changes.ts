import type { Clock } from '../../kernel/clock';
import { systemClock } from '../../kernel/clock';
import { ensureError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';
import type { Services } from '../services';
import type { Task } from '../task';
import { withLease } from '../with-lease';
import { walkGroupDelta } from './groups/walk-group-delta';
import { walkDelta } from './walk-delta';

type FollowServices = Parameters<typeof walkDelta>[0] &
  Parameters<typeof walkGroupDelta>[0] &
  Pick<Services, 'leases' | 'newId'>;

const groupWalkLease = 'group-walk';

/**
 * The walk of groups that this process has under way, by its store: a second one would only ask Graph for the same and be
 * refused by the first one's position. Nothing depends on it.
 */
const underWay = new WeakMap<object, Promise<void>>();

/**
 * The handler of the `users-delta` timer: changes of users, and of the groups that policies name. Neither fails with the
 * other. Groups are waited for `timing.intake.groupWait` at most: the timer fires again only after this has ended.
 * @throws GraphError, ConcurrencyError, UserError
 */
export async function followChanges(
  services: FollowServices,
  task: Task,
  clock: Clock = systemClock,
): Promise<void> {
  let failedGroups: Error | undefined;
  const groups = walkGroupsOnce(services, task).catch((thrown: unknown) => {
    failedGroups = ensureError(thrown);
  });
  const [users] = await Promise.allSettled([
    walkDelta(services, task),
    within(groups, timing.intake.groupWait.ms, clock),
  ]);
  const failedUsers = users.status === 'rejected' ? ensureError(users.reason) : undefined;
  if (failedUsers === undefined) {
    if (failedGroups !== undefined) throw failedGroups;
    return;
  }
  if (failedGroups !== undefined && failedGroups.message !== failedUsers.message)
    task.logger.warn('Following changes of groups failed too', { error: failedGroups });
  throw failedUsers;
}

/**
 * Follows groups alone, after a notification about one. A walk that is under way here may have read its page before that
 * change, so another one follows it.
 * @throws GraphError, ConcurrencyError, UserError
 */
export async function followGroups(services: FollowServices, task: Task): Promise<void> {
  await underWay.get(services.cursors)?.catch(() => undefined);
  await walkGroupsOnce(services, task);
}

function walkGroupsOnce(services: FollowServices, task: Task): Promise<void> {
  const { cursors } = services;
  const walking = underWay.get(cursors) ?? walkAlone(services, task).finally(() => underWay.delete(cursors));
  underWay.set(cursors, walking);
  return walking;
}

/**
 * One process at a time: others would read the same page and send the same looks, until one of them stores the position. Who
 * comes meanwhile leaves it to the second message after a notification and to the timer of the deltas, which goes on from
 * the stored position; a holder that dies keeps them waiting for `timing.intake.groupWalk`.
 */
async function walkAlone(services: FollowServices, task: Task): Promise<void> {
  const { leases } = services;
  const holder = services.newId();
  if (!(await leases.take(groupWalkLease, holder, timing.intake.groupWalk.ms))) {
    task.logger.debug('Another process follows the changes of groups');
    return;
  }
  await withLease(services, task, { name: groupWalkLease, holder }, () => walkGroupDelta(services, task));
}
