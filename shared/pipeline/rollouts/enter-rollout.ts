import type { Hint } from '../../queue/messages';
import type { Services } from '../services';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { MemberState, Rollout, RolloutMember } from '../../words/rollout';
import { recordMember } from './record-member';

/** `go`: handle the message, as one of this running rollout or (null) as any other; `stop`: finish it, write nothing. */
export type RolloutEntry =
  { readonly kind: 'go'; readonly rollout: Rollout | null } | { readonly kind: 'stop' };

/**
 * Every message of a rollout passes here before anything is read of its user. Paused: the member goes back to those
 * who are still to be fed. Cancelled: dropped. A scheduled look that a rollout left behind goes on as an ordinary
 * one, because it may be the user's grace date or seat that it is about.
 */
export async function enterRollout(
  services: Pick<Services, 'clock' | 'rolloutStates' | 'rollouts'>,
  record: UserRecord,
  id: string | undefined,
  source: Hint['source'],
): Promise<RolloutEntry> {
  const go = (rollout: Rollout | null): RolloutEntry => ({ kind: 'go', rollout });
  if (id === undefined) return go(null);
  const rollout = await services.rolloutStates.read(id);
  if (rollout === undefined || rollout.state === 'done') return go(null);
  if (rollout.state === 'running') {
    // A message may name any rollout: only its members are moved by it.
    return go((await services.rollouts.readMember(id, record.userId)) === undefined ? null : rollout);
  }
  // A write that a crash interrupted must be settled first: an ordinary look finds out whether it took effect, and
  // the user's row then tells whether the member was changed.
  if (record.state?.intent) return go(null);
  if (rollout.state === 'cancelled') await leave(services, record, rollout, 'dropped', dropped);
  else await leave(services, record, rollout, 'pending', null);
  return source === 'rollout' ? { kind: 'stop' } : go(null);
}

/** Of a rollout that runs, or of none: asked again when the quota has taken its time. */
export async function stillRuns(
  services: Pick<Services, 'rolloutStates'>,
  rollout: Rollout | null,
): Promise<boolean> {
  return rollout === null || (await services.rolloutStates.read(rollout.id))?.state === 'running';
}

export const dropped: Reason = {
  code: 'rollout/cancelled',
  text: 'The rollout was cancelled before this user was changed.',
};

/**
 * Only a member who is on the way: one who has arrived stays as they are, and one whose row says so, as when a crash let
 * the message of a write come again, is recorded as arrived.
 */
async function leave(
  services: Pick<Services, 'clock' | 'rollouts'>,
  record: UserRecord,
  rollout: Rollout,
  state: MemberState,
  reason: Reason | null,
): Promise<void> {
  const member = await services.rollouts.readMember(rollout.id, record.userId);
  if (member?.state !== 'queued') return;
  const now = services.clock.now();
  const left: RolloutMember = { ...member, state, settledAt: state === 'pending' ? null : now, reason };
  await services.rollouts.setMembers(rollout.id, [recordMember(rollout, member, record, now) ?? left]);
}
