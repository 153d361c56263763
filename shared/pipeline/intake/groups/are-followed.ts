import type { GroupId } from '../../../kernel/ids';
import { timing } from '../../../kernel/timing';
import { within } from '../../../kernel/within';
import type { CursorStore } from '../../../store/ports/cursor-store';
import type { Services } from '../../services';
import { groupPositionRow, readGroupPosition } from './group-position';
import { GroupTree } from './group-tree';

type Known = { readonly at: number; readonly isFollowed: (id: GroupId) => boolean };

/** What this process last read, by store, at most `timing.intake.followedGroupsKept` old. */
const known = new WeakMap<object, Known>();

/**
 * Whether a change of one of these groups may concern a user: it is one that a policy names, or nested in one, or the
 * policy looks at names of any group. What cannot be told counts as followed. A group that has come into a followed one
 * changes that one, too. Two table reads in 30 s.
 */
export async function areFollowed(
  services: Pick<Services, 'clock' | 'cursors'>,
  ids: ReadonlySet<GroupId>,
): Promise<boolean> {
  return (await followedOf(services, ids)).size > 0;
}

/** Those of these groups that `areFollowed` is true of. None: nothing is read. */
export async function followedOf(
  { cursors, clock }: Pick<Services, 'clock' | 'cursors'>,
  ids: ReadonlySet<GroupId>,
): Promise<ReadonlySet<GroupId>> {
  if (ids.size === 0) return ids;
  const before = known.get(cursors);
  const isFresh = before !== undefined && clock.now() - before.at < timing.intake.followedGroupsKept.ms;
  const { isFollowed } = isFresh ? before : await read(cursors, clock.now());
  return new Set([...ids].filter(isFollowed));
}

async function read(cursors: CursorStore, now: number): Promise<Known> {
  let found: Known | undefined;
  const reading = Promise.all([cursors.read(groupPositionRow), GroupTree.read(cursors)]).then(
    ([row, tree]) => {
      const position = readGroupPosition(row);
      if (position === 'lost') return;
      const roots = new Set(position === 'none' || position.link === null ? [] : position.roots);
      const isEvery = position !== 'none' && position.every;
      found = { at: now, isFollowed: (id) => isEvery || roots.has(id) || (roots.size > 0 && tree.has(id)) };
      known.set(cursors, found);
    },
  );
  await within(reading, timing.intake.clientStateRead.ms);
  return found ?? { at: now, isFollowed: () => true };
}
