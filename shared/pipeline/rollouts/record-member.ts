import { comparableChange } from '../../licensing/preview/planned-effect';
import type { Services } from '../services';
import type { SeenUser } from '../look/seen-user';
import { standingOutcome } from '../row/user-state';
import { movesUsers } from './moves-users';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { Rollout, RolloutMember } from '../../words/rollout';
import { timing } from '../../kernel/timing';

/**
 * What the user's row says of a member who was queued; undefined: nothing yet. The row is the truth: it carries the
 * rollout's policy once the user has been written to, or needed nothing.
 */
export function recordMember(
  rollout: Rollout,
  member: RolloutMember,
  record: UserRecord,
  now: number,
): RolloutMember | undefined {
  const { state } = record;
  const queuedAt = member.queuedAt ?? rollout.createdAt;
  if (state === null || state.intent !== null || state.outcome === null) return undefined;
  const isGone = state.reasons[0]?.code === 'user/gone';
  const hasArrived = movesUsers(rollout)
    ? state.policyHash === rollout.policyHash
    : (state.decidedAt ?? -Infinity) >= queuedAt;
  const hasFailed = state.outcome === 'failed' && state.retry === null;
  if (!isGone && !hasArrived && !(hasFailed && now - queuedAt > timing.rollouts.failedAfter.ms))
    return undefined;
  return {
    ...member,
    state: hasFailed ? 'failed' : wasWritten(rollout, record) ? 'changed' : 'unchanged',
    settledAt: now,
    outcome: state.outcome,
    reason: state.reasons[0] ?? null,
  };
}

function wasWritten({ startedAt, createdAt }: Rollout, { state }: UserRecord): boolean {
  return (state?.writtenAt ?? -Infinity) >= (startedAt ?? createdAt);
}

/** The look found nothing to write: said here, because a row that stays as it is does not tell. */
export async function settleUnwritten(
  services: Pick<Services, 'clock' | 'rollouts'>,
  record: UserRecord,
  look: SeenUser,
): Promise<void> {
  const { rollout, decision } = look;
  if (rollout === null) return;
  const member = await services.rollouts.readMember(rollout.id, record.userId);
  if (member === undefined) return;
  await services.rollouts.setMembers(rollout.id, [
    {
      ...member,
      state: wasWritten(rollout, record) ? 'changed' : 'unchanged',
      settledAt: services.clock.now(),
      outcome: standingOutcome(look),
      reason: decision.reasons[0] ?? null,
    },
  ]);
}

/**
 * The user is no longer as the plan saw them, and something else than what was planned would be written: no person has
 * looked at that, so it is left alone and said. True: it was.
 */
export async function isMovedSincePlan(
  services: Pick<Services, 'clock' | 'rollouts'>,
  record: UserRecord,
  look: SeenUser,
): Promise<boolean> {
  const { rollout, decision, digest, input } = look;
  if (rollout === null || decision.operation === undefined) return false;
  const member = await services.rollouts.readMember(rollout.id, record.userId);
  if (member === undefined || member.plannedDigest === null || member.plannedDigest === digest) return false;
  if (member.plannedChange === comparableChange(input.holding, decision)) return false;
  // Our write that a crash interrupted is finished, not judged.
  if (record.state?.intent?.policyHash === rollout.policyHash) return false;
  await services.rollouts.setMembers(rollout.id, [
    {
      ...member,
      state: 'unchanged',
      settledAt: services.clock.now(),
      outcome: record.state?.outcome ?? null,
      reason: movedSincePlan,
    },
  ]);
  return true;
}

const movedSincePlan: Reason = {
  code: 'rollout/moved',
  text: 'The user has moved since the plan: something else than what was planned would be written now.',
};
