import type { DirectoryAssignment, ExportedGroup, ExportedSku, ExportedUser } from './export-input';

/** A line of a tenant file of the embedded Graph (packages/graph-emulator/src/tenant/tenant-line.ts). */
export type TenantFileLine = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What a tenant is called and whose it is. `countryLetterCode`: where most of its users are. */
export function tenantLine(tenant: {
  readonly tenantId: string;
  readonly displayName: string;
  readonly domains: readonly string[];
  readonly countryLetterCode: string;
}): TenantFileLine {
  return { type: 'tenant', ...tenant };
}

/** A SKU with all of its seats and its plans. */
export function skuLine(sku: ExportedSku): TenantFileLine {
  return { type: 'sku', ...sku };
}

/** A user with everything that is there of their licenses; what is empty is left out. */
export function userLine(user: ExportedUser): TenantFileLine {
  const { userPrincipalName, manager, id: _, ...properties } = user.properties;
  const boss = managerOf(manager);
  return {
    type: 'user',
    id: user.id,
    userPrincipalName: typeof userPrincipalName === 'string' ? userPrincipalName : user.id,
    ...Object.fromEntries(Object.entries(properties).filter(([, value]) => !isEmpty(value))),
    ...(boss === undefined ? {} : { managerId: boss }),
    licenseAssignmentStates: user.assignments.map((state) => ({
      skuId: state.skuId,
      disabledPlans: state.disabledPlans,
      assignedByGroup: state.assignedByGroup,
      error: errorOf(state),
    })),
  };
}

/** A group with the ids of its direct members: users and groups of the file. */
export function groupLine(group: ExportedGroup, members: readonly string[]): TenantFileLine {
  const { id, displayName, properties, assignedLicenses } = group;
  return {
    type: 'group',
    id,
    displayName,
    ...properties,
    members,
    ...(assignedLicenses.length === 0 ? {} : { assignedLicenses }),
  };
}

/** https://learn.microsoft.com/graph/api/resources/licenseassignmentstate: a license with another state than these two is held. */
function errorOf({ state, error }: DirectoryAssignment): string | null {
  return state === 'Error' || state === 'Disabled' ? (error ?? 'Other') : null;
}

function managerOf(manager: unknown): string | undefined {
  if (typeof manager !== 'object' || manager === null) return undefined;
  const { id } = manager as { readonly id?: unknown };
  return typeof id === 'string' ? id.toLowerCase() : undefined;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}
