import { UserError } from '../../../emulator-kit/src/errors';
import type { AssignmentError, GroupRecord, UserRecord, UserVersion } from './records';
import { CompiledPlanRules } from './licensing/plan-rules';
import type { LicensePool } from './licensing/license-pool';
import { assignmentsInForce } from './licensing/license-state';
import { SharedValues } from './shared-values';
import { Tenant } from './tenant';
import type { TenantLine } from '../tenant/tenant-line';

type LineOf<Type extends TenantLine['type']> = Extract<TenantLine, { type: Type }>;

export type LoadedTenant = {
  readonly tenant: Tenant;
  /** Users whose inherited licenses the file leaves to the emulator to work out. */
  readonly unprocessed: readonly UserRecord[];
};

/**
 * Builds the tables. A later line with the same id replaces an earlier one.
 * @throws UserError
 */
export function loadTenant(lines: Iterable<TenantLine>, now: number, pool: LicensePool): LoadedTenant {
  const sorted = sortLines(lines);
  if (!sorted.facts) {
    throw new UserError('tenant/no-tenant-line', 'The tenant file has no line of type "tenant"', {
      hint: 'Begin it with { "type": "tenant", "tenantId": …, "displayName": …, "domains": […], "countryLetterCode": … }.',
    });
  }
  const { type: _, ...facts } = sorted.facts;
  const rules = { exclusive: sorted.exclusive, dependencies: sorted.dependencies };
  const tenant = new Tenant(facts, rules, new CompiledPlanRules(rules));
  for (const line of sorted.skus.values()) addSku(tenant, line);
  const unprocessed = loadUsers(tenant, taken(sorted.users), now, pool);
  for (const line of taken(sorted.groups)) tenant.addGroup(toGroup(line));
  linkMembers(tenant);
  const inLicensedGroup = unprocessed.filter((user) =>
    user.version.groupIds.some((id) => (tenant.groups.get(id)?.licenses.length ?? 0) > 0),
  );
  return { tenant, unprocessed: inLicensedGroup };
}

/** Each value once: of a large tenant the lines and what is made of them need not be in memory together. */
function* taken<Value>(values: Map<string, Value>): Generator<Value> {
  for (const [key, value] of values) {
    values.delete(key);
    yield value;
  }
}

function sortLines(lines: Iterable<TenantLine>) {
  const sorted = {
    facts: undefined as LineOf<'tenant'> | undefined,
    skus: new Map<string, LineOf<'sku'>>(),
    exclusive: [] as string[][],
    dependencies: [] as { servicePlanId: string; needsAnyOf: string[] }[],
    groups: new Map<string, LineOf<'group'>>(),
    users: new Map<string, LineOf<'user'>>(),
  };
  for (const line of lines) {
    switch (line.type) {
      case 'tenant':
        sorted.facts = line;
        break;
      case 'sku':
        sorted.skus.set(line.skuId, line);
        break;
      case 'exclusive':
        sorted.exclusive.push(line.servicePlanIds);
        break;
      case 'dependency':
        sorted.dependencies.push({ servicePlanId: line.servicePlanId, needsAnyOf: line.needsAnyOf });
        break;
      case 'group':
        sorted.groups.set(line.id, line);
        break;
      case 'user':
        sorted.users.set(line.id, line);
        break;
    }
  }
  return sorted;
}

function addSku(tenant: Tenant, line: LineOf<'sku'>): void {
  const { type: _, servicePlans, ...sku } = line;
  tenant.skus.set(sku.skuId, { ...sku, consumedUnits: 0, plans: servicePlans });
}

function loadUsers(
  tenant: Tenant,
  lines: Iterable<LineOf<'user'>>,
  now: number,
  pool: LicensePool,
): UserRecord[] {
  const unprocessed: UserRecord[] = [];
  const values = new SharedValues();
  for (const line of lines) {
    const user = toUser(line, now, { licenses: pool, values });
    tenant.addUser(user);
    if (user.deletedAt !== null) continue;
    for (const skuId of new Set(assignmentsInForce(user.version).map((license) => license.skuId))) {
      const sku = tenant.skus.get(skuId);
      if (!sku) {
        throw new UserError(
          'tenant/unknown-sku',
          `User ${line.userPrincipalName} holds SKU ${skuId}, which the tenant does not own`,
        );
      }
      sku.consumedUnits += 1;
    }
    if (line.licenseAssignmentStates === undefined) unprocessed.push(user);
  }
  return unprocessed;
}

function toUser(
  line: LineOf<'user'>,
  now: number,
  { licenses, values }: { readonly licenses: LicensePool; readonly values: SharedValues },
): UserRecord {
  const {
    type: _,
    id,
    managerId,
    assignedLicenses,
    licenseAssignmentStates,
    deletedDateTime,
    ...properties
  } = line;
  values.share(properties);
  const states = (licenseAssignmentStates ?? []).map((state) => {
    const { assignedByGroup, error, lastUpdatedDateTime, reason, planTimes, ...license } = state;
    const at = lastUpdatedDateTime === undefined ? now : Date.parse(lastUpdatedDateTime);
    return {
      assignedByGroup,
      error: error === 'None' || error === '' ? null : error,
      reason,
      assignment: { ...licenses.license(license), at, ...(planTimes ? { planAt: planTimes } : {}) },
    };
  });
  const given = (assignedLicenses ?? []).map((license) => ({ ...licenses.license(license), at: now }));
  const version: UserVersion = {
    properties,
    managerId: managerId ?? null,
    groupIds: [],
    direct: licenseAssignmentStates
      ? states.filter((state) => state.assignedByGroup === null).map((state) => state.assignment)
      : given,
    inherited: states.flatMap(({ assignedByGroup, assignment, error, reason }) =>
      assignedByGroup === null
        ? []
        : [
            {
              ...assignment,
              groupId: assignedByGroup,
              error: error as AssignmentError | null,
              ...(reason === undefined ? {} : { reason }),
            },
          ],
    ),
  };
  return {
    id,
    version,
    past: [],
    readableAt: 0,
    deletedAt: deletedDateTime ? Date.parse(deletedDateTime) : null,
    isGone: false,
    laggingLocation: undefined,
  };
}

function toGroup(line: LineOf<'group'>): GroupRecord {
  const { type: _, id, members, assignedLicenses, ...properties } = line;
  return {
    id,
    properties,
    memberIds: new Set(members),
    memberChanges: [],
    groupIds: new Set(),
    licenses: assignedLicenses,
    processing: 'ProcessingComplete',
    deletedAt: null,
    isGone: false,
  };
}

function linkMembers(tenant: Tenant): void {
  const groupsOf = new Map<string, string[]>();
  for (const group of tenant.groupOrder) {
    for (const id of group.memberIds) {
      const inner = tenant.groups.get(id);
      if (inner) inner.groupIds.add(group.id);
      else if (tenant.users.has(id)) {
        const known = groupsOf.get(id);
        if (known) known.push(group.id);
        else groupsOf.set(id, [group.id]);
      } else {
        throw new UserError(
          'tenant/unknown-member',
          `Group ${String(group.properties.displayName)} names member ${id}, which the file does not hold`,
        );
      }
    }
  }
  for (const [id, groupIds] of groupsOf) {
    const user = tenant.users.get(id);
    if (user) user.version = { ...user.version, groupIds };
  }
}
