import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../shared/kernel/ids';
import { showRollout } from '../../../shared/ops/rollouts/show-rollout';
import { keepCounted } from '../../../shared/pipeline/rollouts/count-members';
import type { MemberState, Rollout } from '../../../shared/words/rollout';
import { makePipelineWorld } from '../../support/pipeline-world';
import { userId } from '../../support/user-states';

const member = (number: number, state: MemberState) => ({
  userId: userId(number),
  state,
  queuedAt: null,
  settledAt: null,
  outcome: null,
  reason: null,
  plannedDigest: null,
  plannedChange: null,
});

/** A rollout whose members' rows are read by `reads` requests so far. */
async function setUp(members: number, changes: Partial<Rollout>) {
  const { pipeline, advance } = makePipelineWorld();
  const { rollouts } = pipeline;
  let reads = 0;
  const count = rollouts.countMembers.bind(rollouts);
  rollouts.countMembers = (id) => {
    reads++;
    return count(id);
  };
  await rollouts.addMembers(
    'r',
    Array.from({ length: members }, (_none, index) => member(index, 'pending')),
  );
  const rollout = await rollouts.create({
    id: 'r',
    kind: 'activation',
    state: 'running',
    policyHash: 'a'.repeat(64) as PolicyHash,
    planStateHash: null,
    by: 'ann',
    why: 'a test',
    createdAt: 1,
    approvedBy: null,
    startedAt: 1,
    endedAt: null,
    approvalReasons: [],
    members,
    ...changes,
  });
  return { pipeline, rollouts, rollout, advance, reads: () => reads };
}

describe('the counts of a rollout', () => {
  it('are counted by who asks while it is small', async () => {
    const { pipeline, rollout, rollouts, reads } = await setUp(3, {});
    expect(await keepCounted(pipeline, rollout)).toBe(rollout);
    await rollouts.setMembers('r', [member(0, 'changed')]);

    expect(await showRollout(pipeline, 'r')).toMatchObject({
      counts: { changed: 1, pending: 2 },
      members: 3,
    });
    expect(reads()).toBe(1);
  });

  it('of a large one are counted by the timer, once a minute, and by no request', async () => {
    const { pipeline, rollout, rollouts, advance, reads } = await setUp(1_001, {});
    const counted = await keepCounted(pipeline, rollout);
    await rollouts.setMembers('r', [member(0, 'changed')]);
    await showRollout(pipeline, 'r');
    expect(await keepCounted(pipeline, counted)).toBe(counted);
    expect(await showRollout(pipeline, 'r')).toMatchObject({ counts: { changed: 0, pending: 1_001 } });
    expect(reads()).toBe(1);

    advance(60_000);
    await keepCounted(pipeline, counted);
    expect(await showRollout(pipeline, 'r')).toMatchObject({ counts: { changed: 1, pending: 1_000 } });
    expect(reads()).toBe(2);
  });

  it('of one that an earlier version ended are counted once', async () => {
    const { pipeline, rollout, reads } = await setUp(2, { state: 'done', endedAt: 5 });
    await keepCounted(pipeline, await keepCounted(pipeline, rollout));

    expect(await showRollout(pipeline, 'r')).toMatchObject({ counts: { pending: 2 } });
    expect(reads()).toBe(1);
  });
});
