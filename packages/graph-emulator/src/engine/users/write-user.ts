import { isoTime } from '../../../../emulator-kit/src/clock';
import { auditUser } from '../history/audit';
import { commitUser, logUserChange } from '../history/commit';
import type { EngineContext } from '../context';
import { directoryRefusal } from '../graph-fault';
import type { GraphFault } from '../graph-fault';
import { queueMemberForGroups, removeUserFromGroups } from '../groups/change-members';
import { freshId } from '../fresh-id';
import { assignmentsInForce, bookSeats, compareSeats, freeSeats } from '../licensing/license-state';
import type { UserRecord } from '../records';
import { nameKey } from '../tenant';
import { checkUserInput } from './check-user-input';

/** Restorable for 30 days. https://learn.microsoft.com/graph/api/resources/directory */
const restorableMs = 30 * 24 * 3_600_000;

export type NewUser = {
  readonly id?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly managerId?: string | null;
};

/**
 * POST /users. https://learn.microsoft.com/graph/api/user-post-users
 * @throws GraphFault 400
 */
export function createUser(context: EngineContext, body: Readonly<Record<string, unknown>>): UserRecord {
  const properties = checkUserInput(context, body, 'create');
  return addUser(context, {
    properties: { userType: 'Member', ...properties, createdDateTime: isoTime(context.clock.now()) },
  });
}

/** Adds a user without checking the properties: directory sync and tenant files. */
export function addUser(context: EngineContext, input: NewUser): UserRecord {
  checkNameIsFree(context, input.properties.userPrincipalName);
  const now = context.clock.now();
  const user: UserRecord = {
    id: input.id ?? freshId(context.tenant, context.random),
    version: {
      properties: input.properties,
      managerId: input.managerId ?? null,
      groupIds: [],
      direct: [],
      inherited: [],
    },
    past: [],
    readableAt: now + context.settings.notFoundLagMs,
    deletedAt: null,
    isGone: false,
    laggingLocation: undefined,
  };
  if (context.tenant.hasId(user.id)) throw nameTaken('id');
  noteReplication(context, user.readableAt - now);
  context.tenant.addUser(user);
  logUserChange(context, user, Object.keys(input.properties), 'created');
  auditUser(context, user, 'Add user', { operation: 'Add' });
  return user;
}

/** PATCH /users/{id}; the answer says whether anything changed. https://learn.microsoft.com/graph/api/user-update */
export function updateUser(
  context: EngineContext,
  user: UserRecord,
  body: Readonly<Record<string, unknown>>,
): boolean {
  const current = user.version.properties;
  const input = checkUserInput(context, body, 'update', current.onPremisesSyncEnabled === true);
  const changed = Object.keys(input).filter(
    (name) => JSON.stringify(input[name]) !== JSON.stringify(current[name] ?? null),
  );
  if (changed.length === 0) return false;
  const next = input.userPrincipalName;
  if (changed.includes('userPrincipalName') && nameKey(next) !== nameKey(current.userPrincipalName)) {
    checkNameIsFree(context, next);
    context.tenant.usersByName.delete(nameKey(current.userPrincipalName));
    context.tenant.usersByName.set(nameKey(next), user);
  }
  if (changed.includes('usageLocation') && context.settings.usageLocationLagMs > 0) {
    const until = context.clock.now() + context.settings.usageLocationLagMs;
    user.laggingLocation = { value: current.usageLocation ?? null, until };
  }
  commitUser(context, user, { properties: { ...current, ...input } }, changed);
  auditUser(context, user, 'Update user', { modified: changed });
  if (changed.includes('usageLocation')) queueMemberForGroups(context, user);
  return true;
}

/** Sets or clears (null) the manager. https://learn.microsoft.com/graph/api/user-post-manager */
export function setManager(context: EngineContext, user: UserRecord, managerId: string | null): boolean {
  if (user.version.managerId === managerId) return false;
  commitUser(context, user, { managerId }, ['manager']);
  auditUser(context, user, managerId ? 'Set user manager' : 'Remove user manager');
  return true;
}

/** DELETE /users/{id}: restorable, still a member of its groups, its seats free. */
export function deleteUser(context: EngineContext, user: UserRecord): void {
  const { tenant, clock } = context;
  const deletedAt = clock.now();
  tenant.usersByName.delete(nameKey(user.version.properties.userPrincipalName));
  tenant.userCount -= 1;
  user.deletedAt = deletedAt;
  bookSeats(context, compareSeats(assignmentsInForce(user.version), []));
  logUserChange(context, user, [], 'softDeleted');
  auditUser(context, user, 'Delete user', { operation: 'Delete' });
  clock.schedule(deletedAt + restorableMs, () => {
    if (user.deletedAt === deletedAt && !user.isGone) purgeUser(context, user);
  });
}

/** https://learn.microsoft.com/graph/api/directory-deleteditems-restore; licenses without a seat stay behind. */
export function restoreUser(context: EngineContext, user: UserRecord): void {
  const { tenant } = context;
  checkNameIsFree(context, user.version.properties.userPrincipalName);
  const hasSeat = ({ skuId }: { skuId: string }) => {
    const sku = tenant.skus.get(skuId);
    return sku !== undefined && freeSeats(context, sku) > 0;
  };
  const direct = user.version.direct.filter(hasSeat);
  const inherited = user.version.inherited.filter((held) => held.error !== null || hasSeat(held));
  user.deletedAt = null;
  tenant.usersByName.set(nameKey(user.version.properties.userPrincipalName), user);
  tenant.userCount += 1;
  user.version = { ...user.version, direct, inherited };
  bookSeats(context, compareSeats([], assignmentsInForce(user.version)));
  logUserChange(context, user, [], 'restored');
  auditUser(context, user, 'Restore user');
  queueMemberForGroups(context, user);
}

/** For good. https://learn.microsoft.com/graph/api/directory-deleteditems-delete */
export function purgeUser(context: EngineContext, user: UserRecord): void {
  removeUserFromGroups(context, user);
  user.isGone = true;
  context.tenant.users.delete(user.id);
  logUserChange(context, user, [], 'hardDeleted');
  auditUser(context, user, 'Hard Delete user', { operation: 'Delete' });
  user.past = [];
}

/** Delta must not pass by a user whom reads do not show yet. */
function noteReplication({ tenant, clock }: EngineContext, lagMs: number): void {
  if (lagMs <= 0) return;
  const now = clock.now();
  const pending = tenant.replication.until > now ? tenant.replication : { until: 0, lagMs: 0 };
  tenant.replication = {
    until: Math.max(pending.until, now + lagMs),
    lagMs: Math.max(pending.lagMs, lagMs),
  };
}

function checkNameIsFree(context: EngineContext, name: unknown): void {
  if (context.tenant.usersByName.has(nameKey(name))) throw nameTaken('userPrincipalName');
}

function nameTaken(property: string): GraphFault {
  return directoryRefusal(`Another object with the same value for property ${property} already exists.`);
}
