import { GraphError } from '../../../graph/refusals/graph-error';
import type { GraphErrorClass } from '../../../words/reason-codes/graph-error-class';
import { mapConcurrently } from '../../../kernel/concurrently';
import { ConcurrencyError, ensureError } from '../../../kernel/errors';
import type { GroupId } from '../../../kernel/ids';
import { timing } from '../../../kernel/timing';
import type { Policy } from '../../../policy/policy';
import type { Cursor } from '../../../store/ports/cursor-store';
import { requestCensus } from '../../census/census-state';
import type { Services } from '../../services';
import type { Task } from '../../task';
import { bulkSize } from '../bulk-pacer';
import { forgetGroupRound, readRounds, recordRound } from '../delta-round';
import { areGroupsUsed, readFollowedGroups } from './followed-groups';
import type { FollowedGroups } from './followed-groups';
import { GroupChanges } from './group-changes';
import type { GroupChangeServices } from './group-changes';
import { groupPositionRow, isSameList, readGroupPosition, writeGroupPosition } from './group-position';
import type { GroupPosition } from './group-position';
import { GroupTree } from './group-tree';

type WalkServices = GroupChangeServices & Pick<Services, 'catalogue' | 'policy'>;

/**
 * One run of following the members of the groups that policies name, and of the groups nested in them; a part of the
 * `users-delta` timer. It stops after `timing.intake.groupSlice` and goes on in the next run. As with users, the link is
 * stored after the page's looks are queued, and of two instances one stops. A missing permission is noted, and tried at
 * every run: doctor names it, and the census finds what changes.
 * @throws GraphError, ConcurrencyError, UserError
 */
export async function walkGroupDelta(services: WalkServices, task: Task): Promise<void> {
  const { cursors } = services;
  // A policy that cannot be read says nothing of groups: users are not followed either.
  const policies = await services.policy.all();
  try {
    if (!areGroupsUsed(policies)) {
      await stopFollowing(cursors);
      await forgetGroupRound(cursors);
    } else if (await walkOneSlice(services, task, policies)) await recordRound(services, null, 'groups');
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

const unused: GroupPosition = {
  link: null,
  policies: [],
  roots: [],
  every: false,
  nestedAt: 0,
  deleted: [],
  pending: [],
  isPartial: false,
};

async function stopFollowing(cursors: Services['cursors']): Promise<void> {
  const cursor = await cursors.read(groupPositionRow);
  const stored = readGroupPosition(cursor);
  if (stored === 'none' || (stored !== 'lost' && stored.link === null)) return;
  await cursors.commit(groupPositionRow, cursor, writeGroupPosition(unused));
}

/** True: a round has ended, or following has begun. */
async function walkOneSlice(
  services: WalkServices,
  task: Task,
  policies: readonly Policy[],
): Promise<boolean> {
  const { cursors, clock } = services;
  const row = await cursors.read(groupPositionRow);
  const found = readGroupPosition(row);
  const tree = await GroupTree.read(cursors);
  const isNew = found === 'none' || found === 'lost' || found.link === null;
  // Before names are read, which takes its time: who joins meanwhile is told.
  const begun = isNew
    ? await begin(services, task, { tree, cursor: row, isLost: found === 'lost' })
    : undefined;
  const stored = begun?.position ?? (found as GroupPosition);
  const followed = await readFollowedGroups(services, policies);
  // A group that has just lost its name's meaning was named a round ago.
  const named = { ...followed, roots: [...followed.roots, ...stored.roots] };
  const changes = new GroupChanges(services, task, { followed: named, tree, stored });
  const until = clock.now() + timing.intake.groupSlice.ms;
  const walk: Walk = {
    followed,
    tree,
    cursor: begun?.cursor ?? row,
    stored,
    changes,
    isOver: () => clock.now() >= until,
  };
  const hasEnded = await follow(services, task, walk);
  if (tree.leftOut > 0) {
    task.logger.error('More nested groups than can be followed; the census finds the changes of the others', {
      leftOut: tree.leftOut,
    });
  }
  if (changes.users > 0)
    task.logger.info('Changes of groups queued', {
      users: changes.users,
      crowd: changes.users > bulkSize,
    });
  return hasEnded || isNew;
}

type Walk = {
  readonly followed: FollowedGroups;
  readonly tree: GroupTree;
  cursor: Cursor;
  readonly stored: GroupPosition;
  readonly changes: GroupChanges;
  readonly isOver: () => boolean;
};

/**
 * A position from now on; the groups are read after it, so that no change falls between them. Who is in them already is the
 * census's and the activation's to look at. Of a lost position Graph does not tell who left meanwhile: the census compares
 * everybody. It is asked for when there is a new position to store, so that no refusal asks for one again and again.
 */
async function begin(
  services: WalkServices,
  task: Task,
  { tree, cursor, isLost }: Pick<Walk, 'tree' | 'cursor'> & { readonly isLost: boolean },
): Promise<{ readonly position: GroupPosition; readonly cursor: Cursor }> {
  const link = await services.directory.groupDeltaFromNow();
  if (isLost) {
    task.logger.warn('Position in the changes of groups lost; a census compares all users');
    await askForCensus(services);
  } else task.logger.info('Following changes of groups from now on');
  tree.seenBefore(services.clock.now() - timing.intake.nestedGroups.ms - 1);
  await tree.store();
  const position = { ...unused, link };
  const value = writeGroupPosition(position);
  return { position, cursor: await services.cursors.commit(groupPositionRow, cursor, value) };
}

async function askForCensus({ cursors, clock }: Pick<Services, 'clock' | 'cursors'>): Promise<void> {
  await requestCensus(cursors, { at: clock.now(), by: 'licenser (groups-delta)', reason: 'asked for' });
}

/** From a position to the end of its round, or of the time. True: the round has ended. */
async function follow(services: WalkServices, task: Task, walk: Walk): Promise<boolean> {
  const { followed, stored, tree, changes, isOver } = walk;
  const isSamePolicy = isSameList(followed.policies, stored.policies);
  let position: GroupPosition = {
    ...stored,
    policies: [...followed.policies],
    roots: [...followed.roots],
    every: followed.every,
    nestedAt: isSamePolicy ? stored.nestedAt : 0,
  };
  const isComplete = await readDueRoots(services, task, walk, {
    isSamePolicy,
    isKnown: position.nestedAt !== 0,
  });
  if (isComplete && (position.nestedAt === 0 || isDue(services, position.nestedAt))) {
    tree.dropBefore(services.clock.now());
    position = { ...position, nestedAt: services.clock.now() };
  }
  // What is to be opened is stored before the tree that says it is known.
  await commit(services, walk, position);
  await tree.store();
  // Pages wait for the first reading of the groups: a change inside a nested one must be known for one.
  if (!isComplete && position.nestedAt === 0) return false;
  await changes.openPending(isOver);
  if (changes.isOpening) {
    await store(services, walk, position);
    return false;
  }
  try {
    for (;;) {
      const page = await services.directory.groupDeltaPage(position.link ?? '');
      await changes.take(page.changes);
      if (changes.isOpening) await changes.openPending(isOver);
      const isWithin = page.nextLink !== undefined || changes.pending.size > 0;
      const isPartial = isWithin && (position.isPartial || changes.passedBySize > 0);
      position = { ...position, link: page.nextLink ?? page.deltaLink ?? position.link, isPartial };
      await store(services, walk, position);
      if (page.nextLink === undefined) return true;
      if (isOver() || changes.isOpening) return false;
    }
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'syncStateLost') throw error;
    await begin(services, task, { tree, cursor: walk.cursor, isLost: true });
    return true;
  }
}

/** After the looks are queued: first the tree. */
async function store(services: WalkServices, walk: Walk, position: GroupPosition): Promise<void> {
  await walk.tree.store();
  await commit(services, walk, position);
}

/** A census that is needed, and last the position. */
async function commit(services: WalkServices, walk: Walk, position: GroupPosition): Promise<void> {
  const { changes } = walk;
  if (changes.hasLostMembers) await askForCensus(services);
  changes.hasLostMembers = false;
  const since = services.clock.now() - timing.intake.groupRestorable.ms;
  const deleted = [...changes.deleted].filter(([, at]) => at > since);
  const value = writeGroupPosition({ ...position, deleted, pending: [...changes.pending.values()] });
  if (value === walk.cursor.value) return;
  walk.cursor = await services.cursors.commit(groupPositionRow, walk.cursor, value);
}

function isDue({ clock }: Pick<Services, 'clock'>, at: number): boolean {
  return clock.now() - at > timing.intake.nestedGroups.ms;
}

/** Enough to hide the round trip, few enough not to be throttled. */
const readersAtOnce = 8;

/**
 * Reads the groups nested in those that policies name where that is due, eight at a time, until the time is over. With
 * the same policies as before, a name has got a meaning, a group is back, or nesting was not reported: everybody in what is
 * new is looked at (`isKnown`). With other policies the activation looks at its users.
 * @returns whether all have been read
 */
async function readDueRoots(
  services: WalkServices,
  task: Task,
  { followed, tree, stored, changes, isOver }: Walk,
  { isSamePolicy, isKnown }: { readonly isSamePolicy: boolean; readonly isKnown: boolean },
): Promise<boolean> {
  const now = services.clock.now();
  if (isSamePolicy) {
    for (const id of followed.roots.filter((root) => !stored.roots.includes(root)))
      if (followed.nested.has(id)) changes.open(id);
      else changes.openDirect(id);
  }
  const due = [...followed.nested].filter((root) =>
    tree.has(root) || !tree.isFull ? isDue(services, tree.seenAt(root)) : false,
  );
  for (let index = 0; index < due.length; index += readersAtOnce) {
    const roots = due.slice(index, index + readersAtOnce);
    await mapConcurrently(roots, readersAtOnce, async (root) => {
      try {
        for (const id of await groupsIn(services.directory, root))
          if (tree.add(id, now) && isKnown) changes.open(id);
      } catch (error) {
        if (!(error instanceof GraphError)) throw error;
        task.logger.warn('The groups inside a group could not be read', { group: root, error });
        tree.keepAllBut(followed.nested, now);
        tree.add(root, now - timing.intake.nestedGroups.ms + timing.intake.nestedRetry.ms);
      }
    });
    if (isOver()) return index + readersAtOnce >= due.length;
  }
  return true;
}

async function groupsIn(
  directory: Pick<Services['directory'], 'nestedGroups'>,
  root: GroupId,
): Promise<readonly GroupId[]> {
  const groups = [root];
  for await (const page of directory.nestedGroups(root)) groups.push(...page);
  return groups;
}
