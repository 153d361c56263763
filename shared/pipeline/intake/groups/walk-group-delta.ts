import { GraphError } from '../../../graph/refusals/graph-error';
import type { GraphErrorClass } from '../../../words/reason-codes/graph-error-class';
import { ConcurrencyError, ensureError } from '../../../kernel/errors';
import type { GroupId } from '../../../kernel/ids';
import { timing } from '../../../kernel/timing';
import type { Cursor } from '../../../store/ports/cursor-store';
import { requestCensus } from '../../census/census-state';
import type { Services } from '../../services';
import type { Task } from '../../task';
import { bulkSize } from '../bulk-pacer';
import { forgetGroupRound, readRounds, recordRound } from '../delta-round';
import { readFollowedGroups } from './followed-groups';
import type { FollowedGroups } from './followed-groups';
import { GroupChanges } from './group-changes';
import type { GroupChangeServices } from './group-changes';
import { groupPositionRow, isSameList, readGroupPosition, writeGroupPosition } from './group-position';
import type { GroupPosition } from './group-position';
import { GroupTree } from './group-tree';

type WalkServices = GroupChangeServices & Pick<Services, 'catalogue' | 'policy'>;

/**
 * One round of following the members of the groups that policies name, and of the groups nested in them; a part of the
 * `users-delta` timer. As with users, the link is stored after the page's looks are queued, and of two instances one
 * stops. A missing permission is noted, and tried at every round: doctor names it, and the census finds what changes.
 * @throws GraphError, ConcurrencyError, UserError
 */
export async function walkGroupDelta(services: WalkServices, task: Task): Promise<void> {
  const { cursors } = services;
  try {
    if (await walkOneRound(services, task)) await recordRound(services, null, 'groups');
    else await forgetGroupRound(cursors);
  } catch (thrown) {
    if (thrown instanceof ConcurrencyError) throw thrown;
    const { groups } = await readRounds(cursors);
    await recordRound(services, ensureError(thrown), 'groups');
    if (!(thrown instanceof GraphError) || !rights.has(thrown.class)) throw thrown;
    if (groups.failingSince === null)
      task.logger.error('Changes of groups cannot be followed', { error: thrown });
  }
}

/** Refusals for want of a permission. */
const rights: ReadonlySet<GraphErrorClass> = new Set(['permission', 'withheld']);

/** False: no policy asks for groups. */
async function walkOneRound(services: WalkServices, task: Task): Promise<boolean> {
  const { cursors } = services;
  const cursor = await cursors.read(groupPositionRow);
  const stored = readGroupPosition(cursor);
  const followed = await readFollowedGroups(services);
  if (!followed.isUsed) {
    if (stored !== 'none' && (stored === 'lost' || stored.link !== null)) {
      const unused = { link: null, policies: [], roots: [], nestedAt: 0, deleted: [] };
      await cursors.commit(groupPositionRow, cursor, writeGroupPosition(unused));
    }
    return false;
  }
  const tree = await GroupTree.read(cursors);
  if (stored === 'none' || (stored !== 'lost' && stored.link === null)) {
    // From now on: who is in the groups already is the census's and the activation's to look at.
    await begin(services, followed, tree, cursor);
    task.logger.info('Following changes of groups from now on', { groups: followed.roots.length });
    return true;
  }
  if (stored === 'lost') await startOver(services, task, followed, tree, cursor);
  else await follow(services, task, { followed, tree, cursor, stored });
  return true;
}

/** A position from now on, then the groups as they are, so that no change falls between them. */
async function begin(
  { cursors, directory, clock }: WalkServices,
  { nested, policies, roots }: FollowedGroups,
  tree: GroupTree,
  cursor: Cursor,
): Promise<void> {
  const link = await directory.groupDeltaFromNow();
  const nestedAt = clock.now();
  for (const root of nested) for (const id of await groupsIn(directory, root)) tree.add(id, nestedAt);
  await tree.store();
  const position = { link, policies: [...policies], roots: [...roots], nestedAt, deleted: [] };
  await cursors.commit(groupPositionRow, cursor, writeGroupPosition(position));
}

async function groupsIn(
  directory: Pick<Services['directory'], 'nestedGroups'>,
  root: GroupId,
): Promise<readonly GroupId[]> {
  const groups = [root];
  for await (const page of directory.nestedGroups(root)) groups.push(...page);
  return groups;
}

/** Graph does not tell who left a group meanwhile, so the census compares everybody. */
async function startOver(
  services: WalkServices,
  task: Task,
  followed: FollowedGroups,
  tree: GroupTree,
  cursor: Cursor,
): Promise<void> {
  task.logger.warn('Position in the changes of groups lost; a census compares all users');
  await askForCensus(services);
  await begin(services, followed, tree, cursor);
}

async function askForCensus({ cursors, clock }: Pick<Services, 'clock' | 'cursors'>): Promise<void> {
  await requestCensus(cursors, { at: clock.now(), by: 'licenser (groups-delta)', reason: 'asked for' });
}

type Walk = {
  readonly followed: FollowedGroups;
  readonly tree: GroupTree;
  cursor: Cursor;
  readonly stored: GroupPosition;
};

/** From a position to the end of its round. */
async function follow(services: WalkServices, task: Task, walk: Walk): Promise<void> {
  const { directory } = services;
  const { followed, tree, stored } = walk;
  const deleted = new Map(stored.deleted);
  // A group that has just lost its name's meaning was named a round ago.
  const named = { ...followed, roots: [...followed.roots, ...stored.roots] };
  const changes = new GroupChanges(services, task, { followed: named, tree, deleted });
  const nestedAt = await openNewGroups(services, walk, changes);
  let position: GroupPosition = {
    ...stored,
    policies: [...followed.policies],
    roots: [...followed.roots],
    nestedAt,
  };
  try {
    for (;;) {
      const page = await directory.groupDeltaPage(position.link ?? '');
      await changes.take(page.changes);
      position = { ...position, link: page.nextLink ?? page.deltaLink ?? position.link };
      await commit(services, walk, position, changes);
      if (page.nextLink === undefined) break;
    }
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'syncStateLost') throw error;
    await startOver(services, task, followed, tree, walk.cursor);
  }
  if (tree.leftOut > 0) {
    task.logger.error('More nested groups than can be followed; the census finds the changes of the others', {
      leftOut: tree.leftOut,
    });
  }
  if (changes.users === 0) return;
  task.logger.info('Changes of groups queued', { users: changes.users, crowd: changes.users > bulkSize });
}

/** After the looks are queued: the tree, a census that is needed, and last the position. */
async function commit(
  services: WalkServices,
  walk: Walk,
  position: GroupPosition,
  changes: GroupChanges,
): Promise<void> {
  await walk.tree.store();
  if (changes.hasLostMembers) await askForCensus(services);
  changes.hasLostMembers = false;
  const since = services.clock.now() - timing.intake.groupRestorable.ms;
  const deleted = [...changes.deleted].filter(([, at]) => at > since);
  const value = writeGroupPosition({ ...position, deleted });
  if (value === walk.cursor.value) return;
  walk.cursor = await services.cursors.commit(groupPositionRow, walk.cursor, value);
}

/**
 * Groups that are followed and were not before. With the same policies as before, a name has got a meaning, a group is
 * back, or nesting was not reported: everybody in them is looked at. With other policies the activation looks at its users.
 * @returns when the nested groups were last read, milliseconds
 */
async function openNewGroups(
  { directory, clock }: WalkServices,
  { followed, tree, stored }: Walk,
  changes: GroupChanges,
): Promise<number> {
  const now = clock.now();
  const isSamePolicy = isSameList(followed.policies, stored.policies);
  const isDue =
    now - stored.nestedAt > timing.intake.nestedGroups.ms || (tree.isEmpty && followed.nested.size > 0);
  const added = followed.roots.filter((root) => !stored.roots.includes(root));
  const toRead = isDue ? [...followed.nested] : added.filter((root) => followed.nested.has(root));
  const found: GroupId[] = [];
  for (const root of toRead) {
    for (const id of await groupsIn(directory, root)) if (tree.add(id, now)) found.push(id);
  }
  if (isSamePolicy) {
    for (const id of added) await (followed.nested.has(id) ? changes.open(id) : changes.openDirect(id));
    for (const id of found) await changes.open(id);
  }
  if (!isDue) return stored.nestedAt;
  tree.dropBefore(now);
  return now;
}
