import { timing } from '../../kernel/timing';
import type { UserId } from '../../kernel/ids';
import { lookHint } from '../../queue/look-hint';
import type { Rollout } from '../../words/rollout';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';

/**
 * Looks again at users whom an activation overtook: they were decided by the policy before, while the plan was being
 * compared for the approval, or by a process that did not know of the approval yet. So they are not in the plan, and
 * without this a joiner among them would wait for the next census. Sent twice after a crash, which does no harm.
 * @throws TransientError the queue or the tables could not be reached
 */
export async function lookAtOvertaken(
  services: Pick<Services, 'clock' | 'queues' | 'users'>,
  task: Task,
  { policyHash, startedAt, createdAt }: Rollout,
): Promise<void> {
  const now = services.clock.now();
  const since = (startedAt ?? createdAt) - timing.rollouts.overtaken.ms;
  const overtaken: UserId[] = [];
  for await (const { userId, state } of services.users.list()) {
    const { decidedAt } = state;
    if (state.policyHash !== policyHash && decidedAt !== null && decidedAt >= since) overtaken.push(userId);
  }
  if (overtaken.length === 0) return;
  const crowd = overtaken.length > 1;
  await sendHints(
    services,
    task,
    overtaken.map((userId) => lookHint(userId, 'rollout', now, { crowd })),
    // Until then every process has read the pointer anew.
    now + timing.rollouts.stragglers.ms,
  );
}
