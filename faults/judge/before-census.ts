import type { Change, FaultKind, Script } from '../script/script';
import type { UserNumber } from '../script/tenant-model';

/** A notification that Graph does not send, or that nothing takes. */
const silencing: readonly FaultKind[] = ['lostNotification', 'lostSubscription'];

/**
 * Whom the app must have done right before a census, of these users. Left out are those of whom nothing else may tell: who
 * left a group while its position was lost, or was in a nested group that is gone; whose licenses a person changed, which
 * deltas do not report, and of which no notification came; a fault that names a user silences what is about this one
 * alone. A damaged row may be anyone's, or one that the app finds its way by.
 */
export function judgedBeforeCensus(
  script: Pick<Script, 'changes' | 'faults' | 'isNotified' | 'tenant'>,
  users: readonly UserNumber[],
): readonly UserNumber[] {
  const { changes, faults, isNotified } = script;
  const has = (...kinds: readonly FaultKind[]) => faults.some(({ kind }) => kinds.includes(kind));
  if (has('damagedRow')) return [];
  const untold = new Set<UserNumber>();
  if (has('lostGroupPosition') || changes.some(({ kind }) => kind === 'unnest')) {
    for (const user of membersOf(script)) untold.add(user);
  }
  const silent = faults.filter(({ kind }) => silencing.includes(kind));
  const named = new Set(silent.map(({ user }) => user));
  // A fault that names no user may silence what is about any.
  const isSilenced = (user: UserNumber) => !isNotified || named.has(undefined) || named.has(user);
  const licensed = changes.flatMap(licensedByAdmin);
  if (changes.some(({ kind }) => kind === 'groupLicense')) licensed.push(...membersOf(script));
  for (const user of licensed.filter(isSilenced)) untold.add(user);
  return users.filter((user) => !untold.has(user));
}

/** Who was in a group at any time. */
function membersOf({ tenant, changes }: Pick<Script, 'changes' | 'tenant'>): readonly UserNumber[] {
  return [
    ...tenant.users.flatMap(({ user, memberOf }) => (memberOf.length > 0 ? [user] : [])),
    ...changes.flatMap((change) =>
      change.kind === 'addMember' || (change.kind === 'join' && change.memberOf.length > 0)
        ? [change.user]
        : [],
    ),
  ];
}

function licensedByAdmin(change: Change): readonly UserNumber[] {
  return change.kind === 'adminAssign' || change.kind === 'adminRemove' ? [change.user] : [];
}
