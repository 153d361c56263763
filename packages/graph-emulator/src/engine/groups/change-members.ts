import { auditTargets } from '../history/audit';
import { logGroupChange, replaceVersion } from '../history/commit';
import type { EngineContext } from '../context';
import { directoryRefusal, resourceNotFound } from '../graph-fault';
import { scheduleReprocess } from '../licensing/group-licensing';
import { groupName } from './view-group';
import { noteMemberChange } from './visible-members';
import type { GroupRecord, UserRecord } from '../records';
import { pickFrom } from '../settings';

/**
 * POST /groups/{id}/members/$ref. https://learn.microsoft.com/graph/api/group-post-members
 * @throws GraphFault
 */
export function addMember(context: EngineContext, group: GroupRecord, memberId: string): void {
  checkAssignedMembership(group);
  putMember(context, group, memberId);
}

/**
 * The same, also into a dynamic group: what its rule would do.
 * @throws GraphFault
 */
export function putMember(context: EngineContext, group: GroupRecord, memberId: string): void {
  const user = context.tenant.findUser(memberId);
  const inner = context.tenant.findGroup(memberId);
  if (!user && !inner) throw resourceNotFound(memberId);
  const id = user?.id ?? inner?.id ?? memberId;
  if (group.memberIds.has(id)) {
    throw directoryRefusal(
      "One or more added object references already exist for the following modified properties: 'members'.",
    );
  }
  group.memberIds.add(id);
  noteMemberChange(context, group, id, true);
  if (user) replaceVersion(context, user, { groupIds: [...user.version.groupIds, group.id] });
  else inner?.groupIds.add(group.id);
  logGroupChange(context, group, ['members'], 'updated', [id]);
  auditGroup(context, group, 'Add member to group', user);
  if (user) queueMemberForGroups(context, user);
}

/**
 * DELETE /groups/{id}/members/{id}/$ref.
 * @throws GraphFault
 */
export function removeMember(context: EngineContext, group: GroupRecord, memberId: string): void {
  checkAssignedMembership(group);
  takeMember(context, group, memberId);
}

/**
 * The same, also out of a dynamic group: what its rule would do.
 * @throws GraphFault
 */
export function takeMember(context: EngineContext, group: GroupRecord, memberId: string): void {
  const id = memberId.toLowerCase();
  if (!group.memberIds.has(id)) throw resourceNotFound(memberId);
  detach(context, group, id);
  const user = context.tenant.findUser(id);
  auditGroup(context, group, 'Remove member from group', user);
  if (user) queueMemberForGroups(context, user);
}

/** What a permanent deletion does. */
export function removeUserFromGroups(context: EngineContext, user: UserRecord): void {
  for (const groupId of user.version.groupIds) {
    const group = context.tenant.groups.get(groupId);
    if (group) detach(context, group, user.id);
  }
}

/** The same for a group that is deleted for good. */
export function removeGroupFromGroups(context: EngineContext, inner: GroupRecord): void {
  for (const groupId of [...inner.groupIds]) {
    const group = context.tenant.groups.get(groupId);
    if (group) detach(context, group, inner.id);
  }
}

/** The group licenses of a user are worked out anew, a while later, when any group of theirs gives or gave some. */
export function queueMemberForGroups(context: EngineContext, user: UserRecord): void {
  const isConcerned =
    user.version.inherited.length > 0 ||
    user.version.groupIds.some((id) => (context.tenant.groups.get(id)?.licenses.length ?? 0) > 0);
  if (!isConcerned) return;
  const delay = pickFrom(context.settings.groupLicensingMs, context.random());
  scheduleReprocess(context, user, delay);
}

function detach(context: EngineContext, group: GroupRecord, id: string): void {
  group.memberIds.delete(id);
  noteMemberChange(context, group, id, false);
  const user = context.tenant.users.get(id);
  if (user) {
    replaceVersion(context, user, { groupIds: user.version.groupIds.filter((held) => held !== group.id) });
  } else context.tenant.groups.get(id)?.groupIds.delete(group.id);
  logGroupChange(context, group, ['members'], 'updated', [id]);
}

function checkAssignedMembership(group: GroupRecord): void {
  const { groupTypes } = group.properties;
  if (Array.isArray(groupTypes) && groupTypes.includes('DynamicMembership')) {
    throw directoryRefusal('Insufficient privileges to update the membership of a dynamic group.');
  }
}

function auditGroup(
  context: EngineContext,
  group: GroupRecord,
  activity: string,
  user: UserRecord | undefined,
): void {
  const displayName = groupName(group);
  auditTargets(context, {
    activity,
    operation: activity.startsWith('Add') ? 'Assign' : 'Update',
    note: '',
    app: 'application',
    targets: [
      { id: group.id, type: 'Group', displayName, userPrincipalName: null },
      ...(user ? [{ id: user.id, type: 'User' as const, displayName: null, userPrincipalName: null }] : []),
    ],
    modified: ['Group.Members'],
  });
}
