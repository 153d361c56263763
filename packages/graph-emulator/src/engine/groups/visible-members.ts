import type { EngineContext } from '../context';
import { membershipLagMs } from '../history/commit';
import type { GroupRecord } from '../records';

/** Notes that a direct member came or went, so that reads that lag can undo it. */
export function noteMemberChange(
  context: EngineContext,
  group: GroupRecord,
  id: string,
  isAdded: boolean,
): void {
  const lagMs = membershipLagMs(context);
  const at = context.clock.now();
  // What no read can see any more is forgotten, so that the list stays as short as the lag.
  const kept = lagMs === 0 ? [] : group.memberChanges.filter((change) => change.at > at - lagMs);
  group.memberChanges = lagMs === 0 ? kept : [...kept, { at, id, isAdded }];
}

/** The direct members that a read sees now: those of a while ago where the settings have reads lag. */
export function visibleMemberIds(context: EngineContext, group: GroupRecord): ReadonlySet<string> {
  const since = context.clock.now() - membershipLagMs(context);
  const unseen = group.memberChanges.filter(({ at }) => at > since);
  if (unseen.length === 0) return group.memberIds;
  const members = new Set(group.memberIds);
  for (const { id, isAdded } of unseen.reverse()) {
    if (isAdded) members.delete(id);
    else members.add(id);
  }
  return members;
}

/** Ids of everything inside a group as a read sees it, nested groups and their members included; the group itself only in a circle. */
export function transitiveMemberIds(context: EngineContext, group: GroupRecord): ReadonlySet<string> {
  const found = new Set(visibleMemberIds(context, group));
  for (const id of found) {
    const inner = context.tenant.findGroup(id);
    if (!inner) continue;
    for (const member of visibleMemberIds(context, inner)) found.add(member);
  }
  return found;
}
