import { commitUser, logGroupChange } from '../history/commit';
import { checkAssignable } from './assign-license';
import type { LicenseChange } from './license-pool';
import type { EngineContext } from '../context';
import { groupName } from '../groups/view-group';
import { evaluateGroup } from './evaluate-group-licenses';
import { licenseTexts, refuse } from './license-refusal';
import { assignmentsInForce, bookSeats, compareSeats, licenseProperties } from './license-state';
import type { GroupRecord, InheritedAssignment, UserRecord } from '../records';
import { scheduleServiceEcho } from './service-echo';
import { pickFrom } from '../settings';
import { auditTargets, auditUser } from '../history/audit';

const engineName = 'Microsoft Entra ID Group-Based Licensing';
/** Members handled in one go before other work gets its turn. */
const portion = 500;

/**
 * POST /groups/{id}/assignLicense: checked at once, carried out later, member by member.
 * https://learn.microsoft.com/graph/api/group-assignlicense
 * @throws GraphFault
 */
export function assignGroupLicense(context: EngineContext, group: GroupRecord, change: LicenseChange): void {
  for (const license of change.addLicenses) checkAssignable(context, license);
  for (const skuId of change.removeLicenses) {
    if (!group.licenses.some((held) => held.skuId === skuId)) throw refuse(licenseTexts.notHeld);
  }
  if (group.properties.securityEnabled !== true) {
    throw refuse('Licenses can only be assigned to groups that are security enabled.');
  }
  const named = new Set([...change.addLicenses.map(({ skuId }) => skuId), ...change.removeLicenses]);
  const kept = group.licenses.filter(({ skuId }) => !named.has(skuId));
  group.licenses = [...kept, ...change.addLicenses];
  group.processing = 'QueuedForProcessing';
  logGroupChange(context, group, ['assignedLicenses', 'licenseProcessingState']);
  auditGroupLicensing(context, group, 'Set group license', '');
  const delay = pickFrom(context.settings.groupLicensingMs, context.random());
  context.clock.schedule(context.clock.now() + delay, () => processGroup(context, group));
}

/** Evaluates the group licenses of a user again after `delayMs`. */
export function scheduleReprocess(context: EngineContext, user: UserRecord, delayMs: number): void {
  context.clock.schedule(context.clock.now() + delayMs, () => {
    if (!user.isGone && user.deletedAt === null) reprocessUser(context, user);
  });
}

/**
 * Works out the group licenses of one user. Errors stay on the user; the answer is the first error's sentence.
 * https://learn.microsoft.com/graph/api/user-reprocesslicenseassignment
 */
export function reprocessUser(context: EngineContext, user: UserRecord): string | undefined {
  const { version } = user;
  let inherited: readonly InheritedAssignment[] = version.inherited.filter(({ groupId, skuId }) => {
    const group = context.tenant.findGroup(groupId);
    const isMember = group?.memberIds.has(user.id) ?? false;
    return isMember && group?.licenses.some((license) => license.skuId === skuId);
  });
  for (const groupId of version.groupIds) {
    const group = context.tenant.findGroup(groupId);
    if (!group || group.licenses.length === 0) continue;
    const others = inherited.filter((held) => held.groupId !== groupId);
    const mine = inherited.filter((held) => held.groupId === groupId);
    inherited = [...others, ...evaluateGroup(context, user, group, mine, others)];
  }
  const failed = inherited.find(({ error }) => error !== null && error !== 'Other');
  if (JSON.stringify(inherited) === JSON.stringify(version.inherited)) return failed?.reason;

  const seats = compareSeats(
    assignmentsInForce(version),
    assignmentsInForce({ direct: version.direct, inherited }),
  );
  bookSeats(context, seats);
  commitUser(context, user, { inherited }, licenseProperties);
  auditUser(context, user, 'Change user license', {
    app: engineName,
    modified: ['AssignedLicense'],
    ...(failed ? { reason: failed.reason ?? '' } : {}),
  });
  scheduleServiceEcho(context, user);
  return failed?.reason;
}

function processGroup(context: EngineContext, group: GroupRecord): void {
  if (group.isGone || group.deletedAt !== null) return;
  group.processing = 'ProcessingInProgress';
  logGroupChange(context, group, ['licenseProcessingState']);
  auditGroupLicensing(context, group, 'Start applying group based license to users', '');
  const members = [...group.memberIds];
  // Members who left since the last run may still hold its licenses: they were queued when they left.
  const tally = { done: 0, failed: 0 };
  const next = (from: number) => {
    for (const id of members.slice(from, from + portion)) {
      const user = context.tenant.findUser(id);
      if (!user) continue;
      if (reprocessUser(context, user) === undefined) tally.done += 1;
      else tally.failed += 1;
    }
    if (from + portion < members.length) {
      context.clock.schedule(context.clock.now(), () => next(from + portion));
      return;
    }
    group.processing = 'ProcessingComplete';
    logGroupChange(context, group, ['licenseProcessingState']);
    auditGroupLicensing(
      context,
      group,
      'Finish applying group based license to users',
      `Users successfully assigned licenses: ${tally.done}, Users for whom license assignment failed: ${tally.failed}.`,
    );
  };
  next(0);
}

function auditGroupLicensing(
  context: EngineContext,
  group: GroupRecord,
  activity: string,
  note: string,
): void {
  const displayName = groupName(group);
  auditTargets(context, {
    activity,
    operation: 'Update',
    note,
    app: engineName,
    targets: [{ id: group.id, type: 'Group', displayName, userPrincipalName: null }],
    modified: ['AssignedLicense'],
  });
}
