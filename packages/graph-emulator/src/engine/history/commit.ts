import type { ChangeType } from './change-log';
import type { EngineContext } from '../context';
import type { GroupRecord, UserRecord, UserVersion } from '../records';

const versionsKept = 8;

/** Replaces parts of a user's version, remembers the old one while reads are stale, and logs the change. */
export function commitUser(
  context: EngineContext,
  user: UserRecord,
  next: Partial<UserVersion>,
  properties: readonly string[],
  type: ChangeType = 'updated',
): void {
  replaceVersion(context, user, next);
  logUserChange(context, user, properties, type);
}

/** The same without a word in the change log: memberships are no property of the user. */
export function replaceVersion(context: EngineContext, user: UserRecord, next: Partial<UserVersion>): void {
  const at = context.clock.now();
  if (context.settings.staleReadMs > 0) {
    user.past.push({ replacedAt: at, version: user.version });
    if (user.past.length > versionsKept) user.past.shift();
  } else if (user.past.length > 0) {
    user.past = [];
  }
  const { version } = user;
  user.version = {
    properties: next.properties ?? version.properties,
    managerId: next.managerId === undefined ? version.managerId : next.managerId,
    groupIds: next.groupIds ?? version.groupIds,
    direct: next.direct ?? version.direct,
    inherited: next.inherited ?? version.inherited,
  };
}

export function logUserChange(
  context: EngineContext,
  user: UserRecord,
  properties: readonly string[],
  type: ChangeType,
): void {
  const at = context.clock.now();
  // First what happened, then what it led to: a process killed in between tells a change too many, never one too few.
  context.journal.change(context.changes.append({ at, kind: 'user', id: user.id, type, properties }));
  context.journal.user(user);
}

export function logGroupChange(
  context: EngineContext,
  group: GroupRecord,
  properties: readonly string[],
  type: ChangeType = 'updated',
  memberIds?: readonly string[],
): void {
  const at = context.clock.now();
  if (memberIds) context.journal.members(group, memberIds);
  else context.journal.group(group);
  context.journal.change(
    context.changes.append({
      at,
      kind: 'group',
      id: group.id,
      type,
      properties,
      ...(memberIds ? { memberIds } : {}),
    }),
  );
}

/** What a read sees of the user now; undefined while the user has not been replicated. */
export function visibleVersion(context: EngineContext, user: UserRecord): UserVersion | undefined {
  const now = context.clock.now();
  if (now < user.readableAt) return undefined;
  const { staleReadMs } = context.settings;
  if (staleReadMs === 0 || user.past.length === 0) return user.version;
  const older = user.past.find((entry) => entry.replacedAt > now - staleReadMs);
  return older ? older.version : user.version;
}
