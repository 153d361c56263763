import { isoTime } from '../../../../emulator-kit/src/clock';
import type { EngineContext } from '../context';
import type { GroupRecord, UserRecord } from '../records';
import { groupProperties } from '../users/directory-properties';

const defaults: readonly string[] = Object.keys(groupProperties).filter(
  (name) => groupProperties[name]?.isDefault,
);

/** One property as Graph shows it; null for what has no value. */
export function readGroupProperty(context: EngineContext, group: GroupRecord, name: string): unknown {
  switch (name) {
    case 'id':
      return group.id;
    case 'assignedLicenses':
      return group.licenses.map(({ skuId, disabledPlans }) => ({ disabledPlans, skuId }));
    case 'licenseProcessingState':
      return group.licenses.length === 0 && group.processing === 'ProcessingComplete'
        ? null
        : { state: group.processing };
    case 'hasMembersWithLicenseErrors':
      return membersWithErrors(context, group).next().done !== true;
    case 'deletedDateTime':
      return group.deletedAt === null ? null : isoTime(group.deletedAt);
    default: {
      const value = group.properties[name];
      if (value !== undefined) return value;
      return groupProperties[name]?.kind === 'strings' ? [] : null;
    }
  }
}

/** The selected properties of a group, or the default ones. */
export function viewGroup(
  context: EngineContext,
  group: GroupRecord,
  select: readonly string[] | undefined,
): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  for (const name of select ?? defaults) view[name] = readGroupProperty(context, group, name);
  return view;
}

/** https://learn.microsoft.com/graph/api/resources/group (membersWithLicenseErrors) */
export function* membersWithErrors(context: EngineContext, group: GroupRecord): Generator<UserRecord> {
  if (group.licenses.length === 0) return;
  for (const id of group.memberIds) {
    const user = context.tenant.findUser(id);
    const isFailing = user?.version.inherited.some(
      ({ groupId, error }) => groupId === group.id && error !== null,
    );
    if (user && isFailing) yield user;
  }
}

/** The display name; empty when there is none. */
export function groupName(group: GroupRecord): string {
  const { displayName } = group.properties;
  return typeof displayName === 'string' ? displayName : '';
}
