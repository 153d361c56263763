import type { PolicyHash } from '../../kernel/ids';
import { collect } from '../../kernel/concurrently';
import { lookHint } from '../../queue/look-hint';
import { readIfUsable } from '../crashes/unusable-row';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { dropped } from './enter-rollout';
import { countMembers } from './count-members';
import { recordMember } from './record-member';
import { reopenFailures } from './reopen-failures';
import { completeCandidate, leaveCandidate, movePointer } from './pointer-moves';
import type { Rollout, RolloutMember } from '../../words/rollout';
import { timing } from '../../kernel/timing';

/** Its end is decided, and what is left is to carry it out. */
export function isSettling({ state }: Rollout): boolean {
  return state === 'done' || state === 'cancelled';
}

/**
 * The last steps, in an order in which each may be the last one that a crash lets through: the state first, then
 * the policy pointer, then the members who were not reached, then the time it ended. Whom an activation overtook is looked at
 * some seconds later (`isOvertakenDue`).
 */
export async function finishRollout(
  services: Pick<Services, 'clock' | 'failures' | 'policies' | 'policy' | 'queues' | 'rollouts' | 'users'>,
  task: Task,
  rollout: Rollout,
  waiting: number,
): Promise<void> {
  const { rollouts, clock } = services;
  const { logger } = task;
  let current = rollout;
  if (current.state === 'running') current = await rollouts.update(current, { state: 'done' });
  await settlePointer(services, current);
  if (current.state === 'cancelled') {
    await dropPending(services, current);
    if (waiting > 0 && !(await dropStragglers(services, task, current))) return;
    if (current.kind === 'replay') await reopenFailures(services, current);
  }
  const counted = await countMembers(services, current.id);
  const members = Object.values(counted.states).reduce((sum, count) => sum + count, 0);
  await rollouts.update(current, { endedAt: clock.now(), members, counted });
  logger.info('A rollout has ended', { rollout: current.id, state: current.state, users: members });
}

/** What the end of a rollout means for the policies in force. Nothing is done twice. */
export async function settlePointer(
  services: Pick<Services, 'policies' | 'policy' | 'users'>,
  rollout: Rollout,
): Promise<void> {
  const { kind, state } = rollout;
  if (kind === 'activation') {
    const move = state === 'done' ? completeCandidate : leaveCandidate;
    await movePointer(services, (pointer) => move(pointer, rollout));
  } else if (kind === 'return' && state === 'done') {
    const inUse = await policiesInUse(services);
    await movePointer(services, (pointer) => {
      const left = pointer.left.filter((hash) => inUse.has(hash));
      return left.length === pointer.left.length ? pointer : { ...pointer, left };
    });
  }
}

/**
 * An approval that a cancellation overtook has claimed the pointer for a rollout that has ended since, and no run
 * would look at that rollout again: joiners would get its policy, and no other could be activated.
 */
export async function releaseEndedCandidate(
  services: Pick<Services, 'policies' | 'policy' | 'users'>,
  all: readonly Rollout[],
): Promise<void> {
  const { candidateOf } = await services.policies.pointer();
  const ended = all.find(({ id, endedAt }) => id === candidateOf && endedAt !== null);
  if (ended !== undefined) await settlePointer(services, ended);
}

async function policiesInUse({ users }: Pick<Services, 'users'>): Promise<ReadonlySet<PolicyHash>> {
  const hashes = new Set<PolicyHash>();
  for await (const { state } of users.list()) if (state.policyHash !== null) hashes.add(state.policyHash);
  return hashes;
}

async function dropPending(services: Pick<Services, 'clock' | 'rollouts'>, { id }: Rollout): Promise<void> {
  await drop(services, id, await collect(services.rollouts.members(id, 'pending')));
}

/** False: a worker may still be writing. */
async function dropStragglers(
  services: Pick<Services, 'clock' | 'queues' | 'rollouts' | 'users'>,
  task: Task,
  rollout: Rollout,
): Promise<boolean> {
  const { id, cancelledAt } = rollout;
  const now = services.clock.now();
  if (now - (cancelledAt ?? 0) < timing.rollouts.stragglers.ms) return false;
  const arrived: RolloutMember[] = [];
  const over: RolloutMember[] = [];
  const crashed: RolloutMember[] = [];
  let writing = 0;
  for await (const member of services.rollouts.members(id, 'queued')) {
    const record = await readIfUsable(services.users, member.userId);
    // Since they were counted as waiting, a write may have been confirmed.
    const found = record === undefined ? undefined : recordMember(rollout, member, record, now);
    const age = now - (record?.state?.intent?.at ?? -Infinity);
    if (found !== undefined) arrived.push(found);
    else if (age < 2 * timing.rollouts.intent.ms) writing += 1;
    else over.push(member);
    if (age >= timing.rollouts.intent.ms && age < 2 * timing.rollouts.intent.ms) crashed.push(member);
  }
  if (crashed.length > 0)
    await sendHints(
      services,
      task,
      crashed.map(({ userId }) => lookHint(userId, 'rollout', now, { crowd: true })),
    );
  await services.rollouts.setMembers(id, arrived);
  await drop(services, id, over);
  return writing === 0;
}

async function drop(
  services: Pick<Services, 'clock' | 'rollouts'>,
  id: string,
  members: readonly RolloutMember[],
): Promise<void> {
  const settledAt = services.clock.now();
  await services.rollouts.setMembers(
    id,
    members.map((member) => ({ ...member, state: 'dropped', settledAt, reason: dropped })),
  );
}
