import { isoTime } from '../../../../emulator-kit/src/clock';
import { logGroupChange } from '../history/commit';
import type { EngineContext } from '../context';
import { directoryRefusal, malformedRequest } from '../graph-fault';
import { queueMemberForGroups } from './change-members';
import { makeGuid } from '../../tenant/guid';
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
    id: input.id ?? makeGuid(context.random),
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

/** DELETE /groups/{id}: refused while the group gives licenses. Security groups cannot be restored. */
export function deleteGroup(context: EngineContext, group: GroupRecord): void {
  if (group.licenses.length > 0) {
    throw directoryRefusal(
      'The group cannot be deleted because it has active licenses assigned. Remove its licenses first.',
    );
  }
  group.deletedAt = context.clock.now();
  logGroupChange(context, group, [], 'hardDeleted');
  group.isGone = true;
  for (const id of group.memberIds) {
    const user = context.tenant.users.get(id);
    if (user) queueMemberForGroups(context, user);
  }
  context.tenant.groups.delete(group.id);
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
