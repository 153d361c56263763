import type { Services } from '../../pipeline/services';
import { approveCandidate, movePointer } from '../../pipeline/rollouts/pointer-moves';
import type { Operator } from '../audit/operator';
import type { Rollout, RolloutMember } from '../../words/rollout';

export type NewRollout = Pick<
  Rollout,
  'kind' | 'policyHash' | 'planStateHash' | 'approvalReasons' | 'by' | 'byId' | 'why'
>;

/**
 * Members first, then the rollout, which awaits; then whatever it must claim; then it runs, unless it asks for
 * approval. A crash in between leaves nothing that runs by itself. null: the claim was refused, and it is cancelled.
 */
export async function openRollout(
  pipeline: Services,
  rollout: NewRollout,
  members: readonly RolloutMember[],
  claim: (rollout: Rollout) => Promise<boolean> = async () => true,
): Promise<Rollout | null> {
  const { rollouts, clock } = pipeline;
  const id = `${rollout.kind}-${pipeline.newId().replaceAll('-', '').slice(0, 6)}`;
  await rollouts.addMembers(id, members);
  const created = await rollouts.create({
    ...rollout,
    id,
    state: 'awaiting',
    createdAt: clock.now(),
    approvedBy: null,
    startedAt: null,
    endedAt: null,
    members: members.length,
  });
  if (!(await claim(created))) {
    const now = clock.now();
    await rollouts.update(created, { state: 'cancelled', cancelledAt: now, endedAt: now });
    return null;
  }
  return rollout.approvalReasons.length > 0 ? created : runRollout(pipeline, created, null);
}

/** Joiners get its policy from now on, and its members are fed. `approver` null: no approval was needed. */
export async function runRollout(
  pipeline: Services,
  rollout: Rollout,
  approver: Operator | null,
): Promise<Rollout> {
  if (rollout.kind === 'activation') {
    await movePointer(pipeline, (pointer) => approveCandidate(pointer, rollout));
  }
  return pipeline.rollouts.update(rollout, {
    state: 'running',
    approvedBy: approver?.by ?? null,
    ...(approver?.byId === undefined ? {} : { approvedById: approver.byId }),
    startedAt: rollout.startedAt ?? pipeline.clock.now(),
  });
}
