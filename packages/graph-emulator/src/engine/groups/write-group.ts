import { isoTime } from '../../../../emulator-kit/src/clock';
import { logGroupChange } from '../history/commit';
import type { EngineContext } from '../context';
import { directoryRefusal, malformedRequest } from '../graph-fault';
import { queueMemberForGroups, removeGroupFromGroups } from './change-members';
import { freshId } from '../fresh-id';
import type { GroupRecord } from '../records';
import { groupProperties } from '../users/directory-properties';

type Body = Readonly<Record<string, unknown>>;

/**
 * POST /groups. https://learn.microsoft.com/graph/api/group-post-groups
 * @throws GraphFault 400
 */
export function createGroup(context: EngineContext, body: Body): GroupRecord {
  for (const [name, rule] of Object.entries(groupProperties)) {
    if (rule.isRequired && (body[name] === undefined || body[name] === null || body[name] === '')) {
      throw directoryRefusal(`A value is required for property '${name}' of resource 'Group'.`);
    }
  }
  const properties = { groupTypes: [], ...checkGroupInput(body) };
  const group = addGroup(context, {
    properties: { ...properties, createdDateTime: isoTime(context.clock.now()) },
  });
  logGroupChange(context, group, Object.keys(properties), 'created');
  return group;
}

/** Adds a group without a word in the change log: tenant files. */
export function addGroup(
  context: EngineContext,
  input: { readonly id?: string; readonly properties: Body },
): GroupRecord {
  const group: GroupRecord = {
    id: input.id ?? freshId(context.tenant, context.random),
    properties: input.properties,
    memberIds: new Set(),
    memberChanges: [],
    groupIds: new Set(),
    licenses: [],
    processing: 'ProcessingComplete',
    deletedAt: null,
    isGone: false,
  };
  context.tenant.addGroup(group);
  return group;
}

/** PATCH /groups/{id}; the answer says whether anything changed. */
export function updateGroup(context: EngineContext, group: GroupRecord, body: Body): boolean {
  const input = checkGroupInput(body);
  const changed = Object.keys(input).filter(
    (name) => JSON.stringify(input[name]) !== JSON.stringify(group.properties[name] ?? null),
  );
  if (changed.length === 0) return false;
  group.properties = { ...group.properties, ...input };
  logGroupChange(context, group, changed);
  return true;
}

/** Restorable for 30 days, as users are. https://learn.microsoft.com/graph/api/resources/directory */
const restorableMs = 30 * 24 * 3_600_000;

/**
 * DELETE /groups/{id}: refused while the group gives licenses. A Microsoft 365 group can be restored, other kinds are gone
 * at once. https://learn.microsoft.com/graph/api/group-delete
 * @throws GraphFault 400
 */
export function deleteGroup(context: EngineContext, group: GroupRecord): void {
  if (group.licenses.length > 0) {
    throw directoryRefusal(
      'The group cannot be deleted because it has active licenses assigned. Remove its licenses first.',
    );
  }
  if (!isUnified(group)) {
    purgeGroup(context, group);
    return;
  }
  const { clock } = context;
  const deletedAt = clock.now();
  group.deletedAt = deletedAt;
  logGroupChange(context, group, [], 'softDeleted');
  clock.schedule(deletedAt + restorableMs, () => {
    if (group.deletedAt === deletedAt && !group.isGone) purgeGroup(context, group);
  });
}

/** It is again what it was: its members, and a member of the groups that it was in. */
export function restoreGroup(context: EngineContext, group: GroupRecord): void {
  group.deletedAt = null;
  logGroupChange(context, group, [], 'restored');
}

/** For good: the groups that it was in lose a member. */
export function purgeGroup(context: EngineContext, group: GroupRecord): void {
  removeGroupFromGroups(context, group);
  group.deletedAt ??= context.clock.now();
  logGroupChange(context, group, [], 'hardDeleted');
  group.isGone = true;
  for (const id of group.memberIds) {
    const user = context.tenant.users.get(id);
    if (user) queueMemberForGroups(context, user);
  }
  context.tenant.groups.delete(group.id);
}

function isUnified({ properties: { groupTypes } }: GroupRecord): boolean {
  return Array.isArray(groupTypes) && groupTypes.includes('Unified');
}

function checkGroupInput(body: Body): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@odata.')) continue;
    const rule = Object.hasOwn(groupProperties, name) ? groupProperties[name] : undefined;
    if (!rule) {
      throw directoryRefusal(
        `Property '${name}' does not exist as a declared property or extension property.`,
      );
    }
    if (rule.isReadOnly) throw directoryRefusal(`Property '${name}' is read-only and cannot be set.`);
    const isRight =
      value === null ||
      (rule.kind === 'boolean'
        ? typeof value === 'boolean'
        : rule.kind === 'strings'
          ? Array.isArray(value) && value.every((item) => typeof item === 'string')
          : typeof value === 'string');
    if (!isRight) {
      throw malformedRequest(`Invalid value specified for property '${name}' of resource 'Group'.`);
    }
    kept[name] = value;
  }
  return kept;
}
