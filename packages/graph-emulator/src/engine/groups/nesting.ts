import type { GroupRecord, UserVersion } from '../records';
import type { Tenant } from '../tenant';

function activeGroups(tenant: Tenant, ids: Iterable<string>): GroupRecord[] {
  const groups: GroupRecord[] = [];
  for (const id of ids) {
    const group = tenant.findGroup(id);
    if (group) groups.push(group);
  }
  return groups;
}

/** The groups that a user is a direct member of, without deleted ones. */
export function directGroups(tenant: Tenant, version: UserVersion): GroupRecord[] {
  return activeGroups(tenant, version.groupIds);
}

/** Every group that contains the given ones, nearest first, the given ones included. */
export function withParents(tenant: Tenant, groups: readonly GroupRecord[]): GroupRecord[] {
  const found = new Map(groups.map((group) => [group.id, group]));
  for (const group of found.values()) {
    // A Map may grow while it is walked: what is added is visited too, each group once.
    for (const parent of activeGroups(tenant, group.groupIds)) found.set(parent.id, parent);
  }
  return [...found.values()];
}

/** The groups that a user is in, nested ones included. */
export function transitiveGroups(tenant: Tenant, version: UserVersion): GroupRecord[] {
  return withParents(tenant, directGroups(tenant, version));
}
