import { ConcurrencyError } from '../../kernel/errors';
import { lookHint } from '../../queue/look-hint';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { withLease } from '../with-lease';
import { keepCounted } from './count-members';
import { finishRollout, isSettling, releaseEndedCandidate } from './finish-rollout';
import { isOvertakenDue, lookAtOvertaken } from './look-at-overtaken';
import type { OvertakenServices } from './look-at-overtaken';
import { releaseQueued } from './release-queued';
import type { Rollout, RolloutMember } from '../../words/rollout';
import { timing } from '../../kernel/timing';

const lease = 'rollouts';
/** The bulk queue never holds more of rollouts than Graph takes in this time. */
const portionSeconds = 30;
const leastPortion = 20;

type FeedServices = OvertakenServices & Pick<Services, 'failures' | 'policies' | 'policy' | 'settings'>;

/**
 * The handler of the `rollouts` timer; one process at a time. Each step bears repeating, so a crash anywhere costs
 * at most a doubled hint: members are marked as queued before their hints are sent, and what their rows say settles them.
 */
export async function feedRollouts(
  services: FeedServices & Pick<Services, 'leases' | 'newId'>,
  task: Task,
): Promise<void> {
  const holder = services.newId();
  const keepLease = () => services.leases.take(lease, holder, timing.rollouts.lease.ms);
  if (!(await keepLease())) return;
  await withLease(services, task, { name: lease, holder }, () => feedAll(services, task, keepLease));
}

async function feedAll(services: FeedServices, task: Task, keepLease: () => Promise<boolean>): Promise<void> {
  const { rollouts, clock } = services;
  const all = await rollouts.list();
  await releaseEndedCandidate(services, all);
  // One a run: after an update of the app there may be years of them.
  const uncounted = all.find(({ endedAt, counted }) => endedAt !== null && counted === undefined);
  if (uncounted !== undefined) await keepCounted(services, uncounted);
  const open = all.filter(
    (one) => one.endedAt === null || (one !== uncounted && isOvertakenDue(one, clock.now())),
  );
  for (const rollout of open.reverse()) {
    if (!(await keepLease())) return;
    try {
      await feedRollout(services, task, rollout, keepLease);
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
      // A person has just paused, cancelled or approved it, or another process feeds by now: the next run goes by that.
      task.logger.debug('A rollout was changed meanwhile', { rollout: rollout.id });
    }
  }
}

async function feedRollout(
  services: FeedServices,
  task: Task,
  before: Rollout,
  keepLease: () => Promise<boolean>,
): Promise<void> {
  if (before.state === 'collecting' || before.state === 'awaiting') return;
  const { clock } = services;
  const seen = isOvertakenDue(before, clock.now())
    ? await lookAtOvertaken(services, task, before, keepLease)
    : before;
  if (seen.endedAt !== null) return;
  const rollout = await keepCounted(services, seen);
  const { arrived, waiting } = await releaseQueued(services, rollout);
  if (rollout.state === 'paused') return;
  if (isSettling(rollout)) {
    await finishRollout(services, task, rollout, waiting.length);
    return;
  }
  const now = clock.now();
  const lost =
    arrived > 0 ? [] : waiting.filter(({ queuedAt }) => now - (queuedAt ?? 0) > timing.rollouts.resend.ms);
  const room = Math.max(leastPortion, Math.ceil(services.settings.writesPerSecond * portionSeconds));
  const portion = await takePending(services, rollout, room - waiting.length);
  const next = [...lost, ...portion];
  if (next.length > 0) await send(services, task, rollout, next);
  else if (waiting.length === 0) await finishRollout(services, task, rollout, 0);
}

async function takePending(
  services: Pick<Services, 'rollouts'>,
  { id }: Rollout,
  most: number,
): Promise<RolloutMember[]> {
  const portion: RolloutMember[] = [];
  if (most <= 0) return portion;
  for await (const member of services.rollouts.members(id, 'pending')) {
    portion.push(member);
    if (portion.length >= most) break;
  }
  return portion;
}

async function send(
  services: Pick<Services, 'clock' | 'queues' | 'rollouts'>,
  task: Task,
  { id }: Rollout,
  members: readonly RolloutMember[],
): Promise<void> {
  const { clock, rollouts } = services;
  const { logger } = task;
  const queuedAt = clock.now();
  await rollouts.setMembers(
    id,
    members.map((member) => ({ ...member, state: 'queued', queuedAt })),
  );
  await sendHints(
    services,
    task,
    members.map(({ userId }) => lookHint(userId, 'rollout', queuedAt, { rollout: id, crowd: true })),
  );
  logger.info('A portion of a rollout is on its way', { rollout: id, users: members.length });
}
