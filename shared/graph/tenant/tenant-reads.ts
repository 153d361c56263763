import { makeGraphClient, microsoftGraph } from '../graph-client';
import type { GraphDirectoryOptions } from '../graph-directory';
import { GraphTransport } from '../graph-transport';
import type { GroupId } from '../../kernel/ids';
import { countUsers } from './count-users';
import { readLicensedGroup } from './licensed-group';
import type { LicensedGroup } from './licensed-group';
import { readOwnedSkus } from './owned-skus';
import type { OwnedSkus } from './owned-skus';
import { listTenantGroups, readDirectMembers } from './tenant-groups';
import type { TenantGroup, TenantGroupMembers } from './tenant-groups';

/** What is read of a tenant as a whole, for people who look at it; deciding needs none of it. */
export interface TenantReads {
  /** An estimate, for progress. @throws GraphError */
  countUsers(signal?: AbortSignal): Promise<number>;
  /** A group with the rule of a dynamic one; undefined: it is gone. @throws GraphError */
  readGroup(id: GroupId, signal?: AbortSignal): Promise<LicensedGroup | undefined>;
  /** Every group of the tenant, page by page. @throws GraphError */
  listGroups(signal?: AbortSignal): AsyncIterable<readonly TenantGroup[]>;
  /** Direct members of these groups, group by group; one that is gone is left out. @throws GraphError */
  directMembers(groups: readonly GroupId[], signal?: AbortSignal): AsyncIterable<TenantGroupMembers>;
  /** SKUs with all of their seats, for a copy of the tenant. @throws GraphError */
  ownedSkus(signal?: AbortSignal): Promise<OwnedSkus>;
}

/** TenantReads over Microsoft Graph v1.0. */
export function makeTenantReads(options: GraphDirectoryOptions): TenantReads {
  const { credential, graphOrigin = microsoftGraph } = options;
  const transport = new GraphTransport(
    makeGraphClient(credential, graphOrigin, { isReadOnly: true }),
    options,
  );
  return {
    countUsers: (signal) => countUsers(transport, signal),
    readGroup: (id, signal) => readLicensedGroup(transport, id, signal),
    listGroups: (signal) => listTenantGroups(transport, signal),
    directMembers: (groups, signal) => readDirectMembers(transport, groups, signal),
    ownedSkus: (signal) => readOwnedSkus(transport, signal),
  };
}
