import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '../../../../shared/kernel/errors';
import { toUserId } from '../../../../shared/kernel/ids';
import type { UserId } from '../../../../shared/kernel/ids';
import { feedRollouts } from '../../../../shared/pipeline/rollouts/feed-rollouts';
import { timing } from '../../../../shared/kernel/timing';
import { userId, userState } from '../../../support/user-states';
import { quietTask } from '../../../support/quiet-task';
import { makeWorld, newHash, oldHash, start } from '../support/rollout-rows';

describe('feedRollouts', () => {
  it('feeds no more at once than half a minute of writes', async () => {
    const world = await makeWorld('running', 50);

    await world.feed();
    await world.feed();

    expect(world.sent).toHaveLength(20);
    expect(world.sent[0]).toMatchObject({ source: 'rollout', rollout: 'r', crowd: true });
  });

  it('goes on as users arrive, and makes the candidate active when all have', async () => {
    const world = await makeWorld('running', 30);

    for (let round = 0; round < 3; round++) {
      await world.feed();
      world.handle();
    }
    await world.feed();

    expect(new Set(await world.states())).toEqual(new Set(['changed']));
    expect(await world.rollouts.read('r')).toMatchObject({ state: 'done', endedAt: start, members: 30 });
    expect(await world.policies.pointer()).toMatchObject({ active: newHash, candidate: null, left: [] });
  });

  it.each([
    ['by the policy before, while it was approved', { policyHash: oldHash, decidedAt: start - 60_000 }, 1],
    [
      'by the policy before, by a process that did not know yet',
      { policyHash: oldHash, decidedAt: start },
      1,
    ],
    ['by the new policy', { policyHash: newHash, decidedAt: start }, 0],
    ['long before', { policyHash: oldHash, decidedAt: start - 901_000 }, 0],
    ['not yet', { policyHash: null, decidedAt: null }, 0],
  ] as const)('looks at the end at users outside the plan who were decided %s', async (_, row, looks) => {
    const world = await makeWorld('running', 2);
    world.users.set(userId(77), userState({ ...row, outcome: 'nothing' }));

    await world.feed();
    world.handle();
    await world.feed();
    // Another process may decide by the pointer of before for some seconds: who it decides is listed too.
    expect(world.sent).toEqual([]);
    world.advance(timing.rollouts.stragglers.ms);
    await world.feed();
    await world.feed();

    expect(await world.rollouts.read('r')).toMatchObject({ state: 'done', endedAt: start });
    expect(world.sent.map(({ user, source }) => [user.id, source])).toEqual(
      Array(looks).fill([userId(77), 'rollout']),
    );
  });

  it.each([
    ['has replaced its policy', { active: oldHash }, oldHash, 0],
    ['gives joiners another policy', { candidate: oldHash, isCandidateApproved: true }, oldHash, 0],
    ['only waits for approval', { candidate: oldHash, isCandidateApproved: false }, oldHash, 1],
  ] as const)(
    'looks after its end at users of another policy unless a later activation %s',
    async (_, moved, policyHash, looks) => {
      const world = await makeWorld('done', 0, 'activation', { endedAt: start });
      const pointer = await world.policies.pointer();
      const now = { active: newHash, candidate: null, isCandidateApproved: false, left: [], ...moved };
      await world.policies.movePointer(pointer, now);
      world.users.set(userId(77), userState({ policyHash, decidedAt: start, outcome: 'nothing' }));
      world.advance(timing.rollouts.stragglers.ms);

      await world.feed();
      await world.feed();

      expect(world.sent).toHaveLength(looks);
      expect(await world.rollouts.read('r')).toHaveProperty('overtakenAt');
    },
  );

  it.each([
    ['is active', { active: newHash, candidate: null }, 0],
    ['is given to joiners again', { active: oldHash, candidate: newHash }, 0],
    ['is no one’s', { active: oldHash, candidate: null }, 1],
  ] as const)('looks at users whom a cancelled one decided unless its policy %s', async (_, moved, looks) => {
    const ended = { cancelledAt: start, endedAt: start };
    const world = await makeWorld('cancelled', 0, 'activation', ended);
    const now = { isCandidateApproved: true, left: [], candidateOf: 'later', ...moved };
    await world.policies.movePointer(await world.policies.pointer(), now);
    world.users.set(userId(77), userState({ policyHash: newHash, decidedAt: start, outcome: 'nothing' }));
    world.advance(timing.rollouts.stragglers.ms);

    await world.feed();
    await world.feed();

    expect(world.sent).toHaveLength(looks);
  });

  describe('while thousands of users are looked through', () => {
    const setUp = async (taken: number) => {
      const world = await makeWorld('running', 2);
      await world.feed();
      world.sent.splice(0);
      world.advance(timing.rollouts.stragglers.ms);
      for (let count = 100; count < 3_100; count++)
        world.users.set(
          userId(count),
          userState({ policyHash: oldHash, decidedAt: start, outcome: 'nothing' }),
        );
      let takes = 0;
      const leases = { take: async () => ++takes <= taken, release: async () => undefined };
      await feedRollouts({ ...world.pipeline, leases }, quietTask);
      return { sent: world.sent.length, takes, row: await world.rollouts.read('r') };
    };

    it('keeps the lease', async () => {
      const { sent, takes, row } = await setUp(Infinity);

      expect([sent, row?.overtakenAt]).toEqual([3_000, start + timing.rollouts.stragglers.ms]);
      // At the begin and for the rollout, three times while it lists, three while it reads, and before it sends.
      expect(takes).toBe(9);
    });

    it.each([2, 3, 6, 8])('stops when another process has taken the lease after %d', async (taken) => {
      const { sent, takes, row } = await setUp(taken);

      expect([sent, row?.overtakenAt]).toEqual([0, undefined]);
      expect(takes).toBeGreaterThan(taken);
    });
  });

  it('ends although a member’s row cannot be read: that member has failed', async () => {
    const world = await makeWorld('running', 3);
    const read = world.pipeline.users.read.bind(world.pipeline.users);
    const users = {
      ...world.pipeline.users,
      list: world.pipeline.users.list.bind(world.pipeline.users),
      read: async (id: UserId) => {
        if (id === userId(2)) throw new PermanentError('store/unreadable-user', 'users 2 state');
        return read(id);
      },
    };
    const pipeline = { ...world.pipeline, users };

    await feedRollouts(pipeline, quietTask);
    world.handle();
    await feedRollouts(pipeline, quietTask);

    expect(await world.states()).toEqual(['changed', 'failed', 'changed']);
    expect(await world.rollouts.read('r')).toMatchObject({ state: 'done' });
  });

  it.each(['awaiting', 'collecting', 'paused'] as const)('feeds nothing that is %s', async (state) => {
    const world = await makeWorld(state);

    await world.feed();

    expect(world.sent).toEqual([]);
    expect(await world.rollouts.read('r')).toMatchObject({ state, endedAt: null });
  });

  it('leaves the work to the holder of the lease', async () => {
    const world = await makeWorld('running');
    const busy = { take: async () => false, release: async () => undefined };

    await feedRollouts({ ...world.pipeline, leases: busy }, quietTask);

    expect(world.sent).toEqual([]);
  });

  it('sends again what has been silent for a minute', async () => {
    const world = await makeWorld('running');
    await world.feed();
    world.sent.splice(0);

    world.advance(59_000);
    await world.feed();
    const early = world.sent.length;
    world.advance(2_000);
    await world.feed();

    expect([early, world.sent.length]).toEqual([0, 5]);
  });

  it('drops what was not reached by a cancelled one, once writers had time to end', async () => {
    const world = await makeWorld('running', 30);
    await world.feed();
    const [reached] = world.sent.splice(0, 1);
    world.users.set(
      toUserId(reached?.user.id ?? ''),
      userState({ outcome: 'licensed', policyHash: newHash, decidedAt: start, writtenAt: start }),
    );
    const row = await world.rollouts.read('r');
    if (row !== undefined) await world.rollouts.update(row, { state: 'cancelled', cancelledAt: start });

    await world.feed();
    const early = await world.rollouts.read('r');
    world.advance(16_000);
    await world.feed();

    expect(early?.endedAt).toBeNull();
    expect((await world.states()).sort()).toEqual(['changed', ...Array<string>(29).fill('dropped')]);
    expect(await world.policies.pointer()).toMatchObject({
      active: oldHash,
      candidate: null,
      left: [newHash],
    });
  });

  it('forgets the policies that no user is on any more when a return has ended', async () => {
    const world = await makeWorld('running', 3, 'return');
    await world.feed();
    world.handle();

    await world.feed();

    expect(await world.policies.pointer()).toMatchObject({ left: [newHash] });
  });
});
