import type { Change } from '../history/change-log';
import { visibleVersion } from '../history/commit';
import type { EngineContext } from '../context';
import type { UserVersion } from '../records';
import type { DeltaSource } from './delta-round';
import { readGroupProperty } from '../groups/view-group';
import { groupProperties, userProperties } from '../users/directory-properties';
import { readUserProperty } from '../users/view-user';

type Json = Record<string, unknown>;

const userDefaults = Object.keys(userProperties).filter((name) => userProperties[name]?.isDefault);
const groupDefaults = Object.keys(groupProperties).filter((name) => groupProperties[name]?.isDefault);
const computed: readonly string[] = [
  'assignedLicenses',
  'licenseAssignmentStates',
  'assignedPlans',
  'provisionedPlans',
];

/** A relation is told apart from properties. https://learn.microsoft.com/graph/delta-query-overview#supported-resources */
function managerDelta({ managerId }: UserVersion): Json[] {
  return managerId === null ? [] : [{ '@odata.type': '#microsoft.graph.user', id: managerId }];
}

export type DeltaView = {
  readonly select: readonly string[] | null;
  /** Prefer: return=minimal: only what changed. */
  readonly isMinimal: boolean;
};

function removal(id: string, reason: 'changed' | 'deleted'): Json {
  return { id, '@removed': { reason } };
}

function isWatched(watched: ReadonlySet<string>, change: Change): boolean {
  return change.type !== 'updated' || change.properties.some((name) => watched.has(name));
}

/** https://learn.microsoft.com/graph/api/user-delta */
export function userDeltaSource(context: EngineContext, view: DeltaView): DeltaSource {
  const { tenant, settings } = context;
  const names = view.select ?? userDefaults;
  const tracked = settings.licenseChangesInDelta ? names : names.filter((name) => !computed.includes(name));
  const watched = new Set(tracked);

  const show = (id: string, only?: ReadonlySet<string>): Json | undefined => {
    const user = tenant.users.get(id);
    const version = user && visibleVersion(context, user);
    if (!user || !version || user.deletedAt !== null) return undefined;
    const row: Json = { id };
    for (const name of names) {
      if (only && !only.has(name)) continue;
      // What has never been set is left out.
      if (name === 'manager') {
        row['manager@delta'] = managerDelta(version);
        continue;
      }
      const isSet = computed.includes(name) || version.properties[name] !== undefined;
      if (isSet) row[name] = readUserProperty(context, user, version, name);
    }
    return row;
  };

  return {
    kind: 'user',
    size: tenant.userOrder.length,
    full: (position) => {
      const user = tenant.userOrder[position];
      return { row: user && !user.isGone ? show(user.id) : undefined };
    },
    changed: (id, changes) => {
      const user = tenant.users.get(id);
      if (!user) return removal(id, 'deleted');
      if (user.deletedAt !== null) return removal(id, 'changed');
      const isUpdate = changes.every(({ type }) => type === 'updated');
      const only = new Set(changes.flatMap(({ properties }) => properties));
      return show(id, view.isMinimal && isUpdate ? only : undefined);
    },
    isWatched: (change) => isWatched(watched, change),
    innerPerPage: Infinity,
  };
}

/** https://learn.microsoft.com/graph/api/group-delta */
export function groupDeltaSource(
  context: EngineContext,
  view: DeltaView,
  membersPerPage: number,
): DeltaSource {
  const { tenant } = context;
  const withMembers = view.select === null || view.select.includes('members');
  const names = (view.select ?? groupDefaults).filter((name) => name !== 'members');
  const watched = new Set(withMembers ? [...names, 'members'] : names);

  const show = (id: string): Json | undefined => {
    const group = tenant.findGroup(id);
    if (!group) return undefined;
    const row: Json = { id };
    for (const name of names) {
      const value = readGroupProperty(context, group, name);
      if (value !== null) row[name] = value;
    }
    return row;
  };
  const member = (id: string, isRemoved: boolean): Json => ({
    '@odata.type': tenant.groups.has(id) ? '#microsoft.graph.group' : '#microsoft.graph.user',
    id,
    ...(isRemoved ? { '@removed': { reason: 'deleted' } } : {}),
  });

  return {
    kind: 'group',
    size: tenant.groupOrder.length,
    full: (position, inner) => {
      const group = tenant.groupOrder[position];
      const row = group && show(group.id);
      if (!group || !row || !withMembers) return { row };
      const page = [...group.memberIds].slice(inner, inner + membersPerPage);
      if (page.length > 0) row['members@delta'] = page.map((id) => member(id, false));
      const told = inner + page.length;
      return told < group.memberIds.size ? { row, inner: told } : { row };
    },
    changed: (id, changes) => {
      const group = tenant.findGroup(id);
      if (!group) return removal(id, tenant.groups.has(id) ? 'changed' : 'deleted');
      const row = show(id);
      const touched = new Set(changes.flatMap(({ memberIds }) => memberIds ?? []));
      if (row && withMembers && touched.size > 0) {
        row['members@delta'] = [...touched].map((memberId) =>
          member(memberId, !group.memberIds.has(memberId)),
        );
      }
      return row;
    },
    isWatched: (change) => isWatched(watched, change),
    innerPerPage: withMembers ? membersPerPage : Infinity,
  };
}
