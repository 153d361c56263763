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
  const { staleReadMs, advancedIndexLagMs } = context.settings;
  if (membershipLagMs(context) > 0 || staleReadMs > 0 || advancedIndexLagMs > 0) {
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

/** Puts a change of a user into the change log and the journal. */
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

/** Puts a change of a group into the change log and the journal. `memberIds`: members that came or went. */
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
  if (user.past.length === 0) return user.version;
  const { staleReadMs } = context.settings;
  const version = staleReadMs === 0 ? user.version : versionBefore(user, now - staleReadMs);
  const lagMs = membershipLagMs(context);
  if (lagMs <= staleReadMs) return version;
  const { groupIds } = versionBefore(user, now - lagMs);
  return groupIds === version.groupIds ? version : { ...version, groupIds };
}

/** How far reads of memberships are behind (ms): at least as far as all other reads. */
export function membershipLagMs({ settings }: EngineContext): number {
  return Math.max(settings.staleReadMs, settings.membershipLagMs);
}

const minuteMs = 60_000;

/**
 * What the index behind advanced queries has of the user: in every other minute an older version, where the setting
 * says so, because requests are answered by servers whose index is not equally far.
 */
export function indexedVersion(context: EngineContext, user: UserRecord): UserVersion | undefined {
  const now = context.clock.now();
  const { advancedIndexLagMs } = context.settings;
  const isBehind = advancedIndexLagMs > 0 && Math.floor(now / minuteMs) % 2 === 1;
  if (!isBehind || now < user.readableAt) return visibleVersion(context, user);
  return versionBefore(user, now - advancedIndexLagMs);
}

function versionBefore(user: UserRecord, time: number): UserVersion {
  return user.past.find((entry) => entry.replacedAt > time)?.version ?? user.version;
}
