import { ConcurrencyError } from '../../kernel/errors';
import { lookHint } from '../../queue/look-hint';
import type { Rollout, RolloutMember } from '../../store/ports/rollout-store';
import type { Pipeline } from '../dependencies';
import { finishRollout, isSettling } from './finish-rollout';
import { releaseQueued } from './release-queued';

const leaseMs = 30_000;
/** The bulk queue never holds more of rollouts than Graph takes in this time. */
const portionSeconds = 30;
const leastPortion = 20;
/** When nobody of a rollout has arrived for this long, its messages are taken for lost and sent again. */
const resendMs = 60_000;

/**
 * The handler of the `rollouts` timer; one process at a time. Each step bears repeating, so a crash anywhere costs
 * at most a doubled hint: members are marked as queued before their hints are sent, and what their rows say settles them.
 */
export async function feedRollouts(pipeline: Pipeline): Promise<void> {
  const { leases, rollouts, logger } = pipeline;
  const holder = pipeline.newId();
  if (!(await leases.take('rollouts', holder, leaseMs))) return;
  try {
    const open = (await rollouts.list()).filter(({ endedAt }) => endedAt === null);
    for (const rollout of open.reverse()) {
      if (!(await leases.take('rollouts', holder, leaseMs))) return;
      try {
        await feedRollout(pipeline, rollout);
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
        // Somebody has just paused, cancelled or approved it: the next run goes by that.
        logger.debug('A rollout was changed meanwhile', { rollout: rollout.id });
      }
    }
  } finally {
    await leases.release('rollouts', holder);
  }
}

async function feedRollout(pipeline: Pipeline, rollout: Rollout): Promise<void> {
  if (rollout.state === 'collecting' || rollout.state === 'awaiting') return;
  const { arrived, waiting } = await releaseQueued(pipeline, rollout);
  if (rollout.state === 'paused') return;
  if (isSettling(rollout)) {
    await finishRollout(pipeline, rollout, waiting.length);
    return;
  }
  const now = pipeline.clock.now();
  const lost = arrived > 0 ? [] : waiting.filter(({ queuedAt }) => now - (queuedAt ?? 0) > resendMs);
  const room = Math.max(leastPortion, Math.ceil(pipeline.settings.writesPerSecond * portionSeconds));
  const portion = await takePending(pipeline, rollout, room - waiting.length);
  const next = [...lost, ...portion];
  if (next.length > 0) await send(pipeline, rollout, next);
  else if (waiting.length === 0) await finishRollout(pipeline, rollout, 0);
}

async function takePending(pipeline: Pipeline, { id }: Rollout, most: number): Promise<RolloutMember[]> {
  const portion: RolloutMember[] = [];
  if (most <= 0) return portion;
  for await (const member of pipeline.rollouts.members(id, 'pending')) {
    portion.push(member);
    if (portion.length >= most) break;
  }
  return portion;
}

async function send(pipeline: Pipeline, { id }: Rollout, members: readonly RolloutMember[]): Promise<void> {
  const { clock, rollouts, queues, logger } = pipeline;
  const queuedAt = clock.now();
  await rollouts.setMembers(
    id,
    members.map((member) => ({ ...member, state: 'queued', queuedAt })),
  );
  await queues.sendHints(
    members.map(({ userId }) => lookHint(userId, 'rollout', queuedAt, { rollout: id, crowd: true })),
  );
  logger.info('A portion of a rollout is on its way', { rollout: id, users: members.length });
}
