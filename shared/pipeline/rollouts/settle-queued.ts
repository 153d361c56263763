import type { Rollout, RolloutMember } from '../../store/rollout-store';
import type { Pipeline } from '../dependencies';
import { settleMember } from './settle-member';

const atOnce = 16;

/** Reads the rows of those who are on the way, and settles whoever has arrived. */
export async function settleQueued(
  pipeline: Pipeline,
  rollout: Rollout,
): Promise<{ readonly arrived: number; readonly waiting: readonly RolloutMember[] }> {
  const queued: RolloutMember[] = [];
  for await (const member of pipeline.rollouts.members(rollout.id, 'queued')) queued.push(member);
  const arrived: RolloutMember[] = [];
  const waiting: RolloutMember[] = [];
  for (let start = 0; start < queued.length; start += atOnce) {
    await Promise.all(
      queued.slice(start, start + atOnce).map(async (member) => {
        const record = await pipeline.users.read(member.userId);
        const settled = settleMember(rollout, member, record, pipeline.clock.now());
        if (settled === undefined) waiting.push(member);
        else arrived.push(settled);
      }),
    );
  }
  await pipeline.rollouts.setMembers(rollout.id, arrived);
  return { arrived: arrived.length, waiting };
}
