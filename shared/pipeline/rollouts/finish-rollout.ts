import type { PolicyHash } from '../../kernel/ids';
import { collect } from '../../kernel/concurrently';
import { lookHint } from '../../queue/look-hint';
import type { Rollout, RolloutMember } from '../../store/ports/rollout-store';
import { readIfUsable } from '../crashes/unusable-row';
import type { Pipeline } from '../dependencies';
import { dropped } from './enter-rollout';
import { reopenFailures } from './reopen-failures';
import { completeCandidate, leaveCandidate, movePointer } from './pointer-moves';

/** Handlers learn of a cancellation at most 5 s late, and a write that has begun is given time to end. */
const stragglersMs = 15_000;
/** An intent that is older belongs to a writer that has crashed: the user is looked at, and given as long again. */
const intentMs = 120_000;

/** Its end is decided, and what is left is to carry it out. */
export function isSettling({ state }: Rollout): boolean {
  return state === 'done' || state === 'cancelled';
}

/**
 * The last steps, in an order in which each may be the last one that a crash lets through: the state first, then
 * the policy pointer, then the members who were not reached, then the time it ended, after which nobody looks again.
 */
export async function finishRollout(pipeline: Pipeline, rollout: Rollout, waiting: number): Promise<void> {
  const { rollouts, clock, logger } = pipeline;
  let current = rollout;
  if (current.state === 'running') current = await rollouts.update(current, { state: 'done' });
  await settlePointer(pipeline, current);
  if (current.state === 'cancelled') {
    await dropPending(pipeline, current);
    if (waiting > 0 && !(await dropStragglers(pipeline, current))) return;
    if (current.kind === 'replay') await reopenFailures(pipeline, current);
  }
  const members = await countMembers(pipeline, current.id);
  await rollouts.update(current, { endedAt: clock.now(), members });
  logger.info('A rollout has ended', { rollout: current.id, state: current.state, users: members });
}

/** What the end of a rollout means for the policies in force. Nothing is done twice. */
export async function settlePointer(pipeline: Pipeline, rollout: Rollout): Promise<void> {
  const { kind, state } = rollout;
  if (kind === 'activation') {
    const move = state === 'done' ? completeCandidate : leaveCandidate;
    await movePointer(pipeline, (pointer) => move(pointer, rollout));
  } else if (kind === 'return' && state === 'done') {
    const inUse = await policiesInUse(pipeline);
    await movePointer(pipeline, (pointer) => {
      const left = pointer.left.filter((hash) => inUse.has(hash));
      return left.length === pointer.left.length ? pointer : { ...pointer, left };
    });
  }
}

async function policiesInUse({ users }: Pipeline): Promise<ReadonlySet<PolicyHash>> {
  const hashes = new Set<PolicyHash>();
  for await (const { state } of users.list()) if (state.policyHash !== null) hashes.add(state.policyHash);
  return hashes;
}

async function dropPending(pipeline: Pipeline, { id }: Rollout): Promise<void> {
  await drop(pipeline, id, await collect(pipeline.rollouts.members(id, 'pending')));
}

/** False: somebody may still be writing. */
async function dropStragglers(pipeline: Pipeline, { id, cancelledAt }: Rollout): Promise<boolean> {
  const now = pipeline.clock.now();
  if (now - (cancelledAt ?? 0) < stragglersMs) return false;
  const over: RolloutMember[] = [];
  const crashed: RolloutMember[] = [];
  let writing = 0;
  for await (const member of pipeline.rollouts.members(id, 'queued')) {
    const record = await readIfUsable(pipeline.users, member.userId);
    const age = now - (record?.state?.intent?.at ?? -Infinity);
    if (age < 2 * intentMs) writing += 1;
    else over.push(member);
    if (age >= intentMs && age < 2 * intentMs) crashed.push(member);
  }
  if (crashed.length > 0)
    await pipeline.queues.sendHints(
      crashed.map(({ userId }) => lookHint(userId, 'rollout', now, { crowd: true })),
    );
  await drop(pipeline, id, over);
  return writing === 0;
}

async function drop(pipeline: Pipeline, id: string, members: readonly RolloutMember[]): Promise<void> {
  const settledAt = pipeline.clock.now();
  await pipeline.rollouts.setMembers(
    id,
    members.map((member) => ({ ...member, state: 'dropped', settledAt, reason: dropped })),
  );
}

async function countMembers({ rollouts }: Pipeline, id: string): Promise<number> {
  let count = 0;
  for await (const _ of rollouts.members(id)) count += 1;
  return count;
}
