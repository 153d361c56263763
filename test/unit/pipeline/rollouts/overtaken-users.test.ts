import { describe, expect, it } from '@jest/globals';
import { collect } from '../../../../shared/kernel/concurrently';
import { timing } from '../../../../shared/kernel/timing';
import { isDue } from '../../../../shared/pipeline/due/find-due-work';
import { userId, userState } from '../../../support/user-states';
import { makeWorld, newHash, oldHash, start } from '../support/rollout-rows';

const day = 86_400_000;
const settled = timing.rollouts.stragglers.ms;
/** The plan was made two days before its approval. */
const planned = { createdAt: start - 2 * day, startedAt: start };
const counted = { counted: { at: start, states: {} } };
const joinedMeanwhile = { policyHash: oldHash, decidedAt: start - day, outcome: 'nothing' };

type World = Awaited<ReturnType<typeof makeWorld>>;
const looked = ({ sent }: World) =>
  sent.filter(({ rollout }) => rollout === undefined).map(({ user }) => user.id);

async function feedAfter(world: World, ms: number): Promise<void> {
  world.advance(ms);
  await world.feed();
}

describe('a user who was decided while an activation waited for its approval', () => {
  it('is looked at soon after the approval where nothing was granted yet, once', async () => {
    const world = await makeWorld('running', 40, 'activation', planned);
    world.users.set(userId(77), userState(joinedMeanwhile));

    await world.feed();
    expect(looked(world)).toEqual([]);
    await feedAfter(world, settled);
    await feedAfter(world, settled);

    expect((await world.rollouts.read('r'))?.state).toBe('running');
    expect(looked(world)).toEqual([userId(77)]);
  });

  it('is looked at after the end where something was granted, by the policy of before until then', async () => {
    const world = await makeWorld('running', 2, 'activation', planned);
    world.users.set(userId(77), userState(joinedMeanwhile));
    world.licensed.add(userId(77));

    await feedAfter(world, settled);
    expect(looked(world)).toEqual([]);
    world.handle();
    await world.feed();
    expect((await world.rollouts.read('r'))?.state).toBe('done');
    await feedAfter(world, settled);
    await feedAfter(world, settled);

    expect(looked(world)).toEqual([userId(77)]);
  });

  it('is left to the rollout as a member', async () => {
    const world = await makeWorld('running', 40, 'activation', planned);
    for (const { userId: id } of await collect(world.rollouts.members('r')))
      world.users.set(id, userState(joinedMeanwhile));

    await feedAfter(world, settled);

    expect(looked(world)).toEqual([]);
    expect(world.sent).toHaveLength(20);
  });

  it('goes in bulk among more than 50, over time', async () => {
    const world = await makeWorld('running', 1, 'activation', planned);
    for (let index = 100; index < 160; index++) world.users.set(userId(index), userState(joinedMeanwhile));

    await feedAfter(world, settled);

    expect(looked(world)).toHaveLength(60);
    expect(world.sent.filter(({ rollout, crowd }) => rollout === undefined && crowd === true)).toHaveLength(
      60,
    );
    expect(new Set(world.times).size).toBeGreaterThan(3);
  });
});

it('looks after a cancellation at users without a license whom the cancelled policy decided', async () => {
  const cancelled = { ...planned, ...counted, cancelledAt: start, endedAt: start };
  const world = await makeWorld('cancelled', 1, 'activation', cancelled);
  const claimed = await world.policies.pointer();
  await world.policies.movePointer(claimed, {
    ...claimed,
    candidate: null,
    isCandidateApproved: false,
    left: [newHash],
  });
  const byCancelled = { policyHash: newHash, decidedAt: start - 1, outcome: 'nothing' };
  for (const id of [userId(77), userId(78)]) world.users.set(id, userState(byCancelled));
  world.licensed.add(userId(78));
  world.users.set(userId(79), userState(joinedMeanwhile));

  await feedAfter(world, settled);

  expect(looked(world)).toEqual([userId(77)]);
});

it.each([
  ['a day ago', { endedAt: start - day - settled }],
  ['without having begun', { endedAt: start, startedAt: null }],
])('looks at no user of an activation that ended %s', async (_, change) => {
  const world = await makeWorld('done', 1, 'activation', { ...planned, ...counted, ...change });
  world.users.set(userId(77), userState(joinedMeanwhile));

  await feedAfter(world, settled);

  expect(looked(world)).toEqual([]);
});

it('has the rollouts seen to once more, until it was done', async () => {
  const world = await makeWorld('done', 1, 'activation', { ...planned, ...counted, endedAt: start });
  const isRolloutDue = () => isDue(world.pipeline, 'rollouts');
  world.advance(settled - 1);
  const early = await isRolloutDue();
  world.advance(1);
  const due = await isRolloutDue();
  await world.feed();

  expect([early, due, await isRolloutDue()]).toEqual([false, true, false]);
});
