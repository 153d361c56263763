import { isoTime } from '../../../emulator-kit/src/clock';
import type { DirectAssignment, GroupRecord, SkuRecord, UserRecord } from './records';
import type { Tenant } from './tenant';

type Json = Record<string, unknown>;

/** The whole tenant as lines of a tenant file; loading them gives the same tenant. */
export function* exportTenant(tenant: Tenant): Generator<Json> {
  yield { type: 'tenant', ...tenant.facts };
  for (const sku of tenant.skus.values()) yield exportSku(sku);
  for (const servicePlanIds of tenant.rules.exclusive) yield { type: 'exclusive', servicePlanIds };
  for (const rule of tenant.rules.dependencies) yield { type: 'dependency', ...rule };
  for (const user of tenant.userOrder) if (!user.isGone) yield exportUser(user);
  for (const group of tenant.groupOrder) if (!group.isGone) yield exportGroup(group);
}

/** A line of a tenant file; the seats in use follow from the users. */
export function exportSku(sku: SkuRecord): Json {
  const { plans, consumedUnits: _, ...rest } = sku;
  return { type: 'sku', ...rest, servicePlans: plans };
}

/** A line of a tenant file, with direct members. */
export function exportGroup(group: GroupRecord): Json {
  return {
    type: 'group',
    id: group.id,
    ...group.properties,
    members: [...group.memberIds],
    ...(group.licenses.length > 0 ? { assignedLicenses: group.licenses } : {}),
  };
}

/** A line of a tenant file, with direct and inherited licenses. */
export function exportUser(user: UserRecord): Json {
  const { properties, managerId, direct, inherited } = user.version;
  return {
    type: 'user',
    id: user.id,
    ...properties,
    ...(managerId === null ? {} : { managerId }),
    ...(user.deletedAt === null ? {} : { deletedDateTime: isoTime(user.deletedAt) }),
    licenseAssignmentStates: [
      ...direct.map((assignment) => exportAssignment(assignment)),
      ...inherited.map(({ groupId, error, reason, ...assignment }) => ({
        ...exportAssignment(assignment),
        assignedByGroup: groupId,
        error,
        ...(reason === undefined ? {} : { reason }),
      })),
    ],
  };
}

function exportAssignment({ skuId, disabledPlans, at, planAt }: DirectAssignment): Json {
  return {
    skuId,
    disabledPlans,
    assignedByGroup: null,
    error: null,
    lastUpdatedDateTime: isoTime(at),
    ...(planAt ? { planTimes: planAt } : {}),
  };
}
