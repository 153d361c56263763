import { collect } from '../../kernel/concurrently';
import { readIfUsable } from '../crashes/unusable-row';
import type { Services } from '../services';
import { recordMember } from './record-member';
import type { Rollout, RolloutMember } from '../../words/rollout';
import type { Reason } from '../../words/reason';

const atOnce = 16;

/** Reads the rows of those who are on the way, and records those who have arrived. */
export async function releaseQueued(
  services: Pick<Services, 'clock' | 'rollouts' | 'users'>,
  rollout: Rollout,
): Promise<{ readonly arrived: number; readonly waiting: readonly RolloutMember[] }> {
  const queued = await collect(services.rollouts.members(rollout.id, 'queued'));
  let arrived = 0;
  const waiting: RolloutMember[] = [];
  for (let start = 0; start < queued.length; start += atOnce) {
    const settled: RolloutMember[] = [];
    await Promise.all(
      queued.slice(start, start + atOnce).map(async (member) => {
        const record = await readIfUsable(services.users, member.userId);
        const now = services.clock.now();
        const found =
          record === undefined ? failedMember(member, now) : recordMember(rollout, member, record, now);
        if (found === undefined) waiting.push(member);
        else settled.push(found);
      }),
    );
    await services.rollouts.setMembers(rollout.id, settled);
    arrived += settled.length;
  }
  return { arrived, waiting };
}

/** Nothing can be said about them, and waiting would keep the rollout from ending. */
function failedMember(member: RolloutMember, now: number): RolloutMember {
  const reason: Reason = {
    code: 'store/unreadable-user',
    text: 'The user’s row cannot be read: see the failures.',
  };
  return { ...member, state: 'failed', settledAt: now, outcome: 'failed', reason };
}
