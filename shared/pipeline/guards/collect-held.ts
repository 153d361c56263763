import { ConcurrencyError } from '../../kernel/errors';
import type { Rollout } from '../../words/rollout';
import type { Services } from '../services';
import type { Task } from '../task';
import type { SeenUser } from '../look/seen-user';

/** What collecting held users uses. */
type CollectServices = Pick<Services, 'clock' | 'rolloutStates' | 'rollouts'>;

/**
 * A held user joins the one rollout that collects what guards held back, which a person approves or cancels. There
 * is one at a time: its id is the next number, so that of two processes one creates it.
 */
export async function collectHeld(services: CollectServices, task: Task, look: SeenUser): Promise<void> {
  const reason = look.hold?.reductions ?? look.hold?.changes ?? null;
  if (reason === null) return;
  const rollout = await collectingRollout(services, task, look);
  await services.rollouts.addMembers(rollout.id, [
    {
      userId: look.input.user.id,
      state: 'pending',
      queuedAt: null,
      settledAt: null,
      outcome: 'held',
      reason,
      plannedDigest: null,
      plannedChange: null,
    },
  ]);
}

async function collectingRollout(services: CollectServices, task: Task, look: SeenUser): Promise<Rollout> {
  for (;;) {
    const cached = await services.rolloutStates.collecting();
    if (cached !== undefined) return cached;
    const all = await services.rollouts.list();
    const held = all.filter(({ kind }) => kind === 'held');
    const open = held.find(({ state }) => state === 'collecting');
    if (open !== undefined) return open;
    const reason = look.hold?.reductions ?? look.hold?.changes ?? null;
    const { policyHash } = look.decision;
    // Who made this the policy in force asked for its changes: another person approves them.
    const asker = all.find((one) => one.kind === 'activation' && one.policyHash === policyHash)?.byId;
    try {
      const created = await services.rollouts.create({
        id: `held-${held.length + 1}`,
        kind: 'held',
        state: 'collecting',
        policyHash,
        planStateHash: null,
        by: 'guards',
        ...(asker === undefined ? {} : { byId: asker }),
        why: 'Changes that the guards of the policy held back',
        createdAt: services.clock.now(),
        approvedBy: null,
        startedAt: null,
        endedAt: null,
        approvalReasons: reason === null ? [] : [reason],
        members: 0,
      });
      task.logger.warn('A guard holds changes back; they wait for approval', { rollout: created.id });
      return created;
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}
