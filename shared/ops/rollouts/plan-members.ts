import type { UserId } from '../../kernel/ids';
import type { Preview, PreviewLine } from '../../licensing/preview/preview';
import type { RolloutMember } from '../../words/rollout';

/** A member who is still to be fed, as the plan saw them; null: not planned, whatever is found is right. */
export function toMember(
  userId: UserId,
  planned: { readonly digest: string; readonly change: string } | null,
): RolloutMember {
  return {
    userId,
    state: 'pending',
    queuedAt: null,
    settledAt: null,
    outcome: null,
    reason: null,
    plannedDigest: planned?.digest ?? null,
    plannedChange: planned?.change ?? null,
  };
}

/**
 * Who of a plan has moved since it was made: members for whom something else would be written now, and others who
 * would lose something or have plans switched. Joiners are no part of a plan: they are licensed as they come.
 */
export function findMoved(
  members: ReadonlyMap<UserId, RolloutMember>,
  now: Preview,
): readonly { readonly userId: UserId; readonly userPrincipalName: string | null }[] {
  const lines = new Map(now.lines.map((line) => [line.user.id, line]));
  const moved = new Map<UserId, string | null>();
  for (const member of members.values()) {
    const line = lines.get(member.userId);
    if ((line?.change ?? '') !== (member.plannedChange ?? '')) {
      moved.set(member.userId, line?.user.userPrincipalName ?? null);
    }
  }
  for (const line of now.lines) {
    if (!members.has(line.user.id) && changesWhatIsHeld(line)) {
      moved.set(line.user.id, line.user.userPrincipalName);
    }
  }
  return [...moved].map(([userId, userPrincipalName]) => ({ userId, userPrincipalName }));
}

function changesWhatIsHeld(line: PreviewLine): boolean {
  return line.reduction || line.loses.length + line.plansOn.length + line.plansOff.length > 0;
}
