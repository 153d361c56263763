import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activatePolicy } from '../../../shared/ops/rollouts/activate-policy';
import { cancelRollout, pauseRollout, resumeRollout } from '../../../shared/ops/rollouts/change-rollout';
import { startReturn } from '../../../shared/ops/rollouts/return-rollout';
import { intune, operator, policyText, startRolloutWorld } from '../rollout-world';
import type { RolloutWorld } from '../rollout-world';
import { waitUntil } from '../wait-until';

const waitMs = 300_000;

/**
 * A rollout that is stopped half-way by a pause, and again by a cancellation. `quotaFactor` makes it slow enough for
 * that: 16 writes a second at 1, and a process learns of a pause or a cancellation up to 5 s later.
 */
export function describeStoppedRollout({ users, quotaFactor }: { users: number; quotaFactor: number }): void {
  describe(`a rollout of ${users} users`, () => {
    let world: RolloutWorld;
    let staff: readonly string[];
    let id: string;
    let before: number;
    beforeAll(async () => {
      world = await startRolloutWorld({ policy: policyText(['INTUNE_A']), quotaFactor });
      staff = await world.hire(users, 'staff');
      await waitUntil('every user is licensed', () => world.licensed(staff), waitMs);
      before = await world.lastSeq();
    }, 400_000);
    afterAll(() => world?.stop());

    const writes = async () => (await world.writesAfter(before)).length;
    const written = (count: number) =>
      waitUntil(`${count} users are written`, async () => (await writes()) >= count, waitMs);
    /** No member is on its way any more: each was written to, or is where it was. */
    const untilNoneIsQueued = () =>
      waitUntil(
        'no member is queued',
        async () => {
          const found = await world.count(id);
          return found.queued === undefined && found;
        },
        waitMs,
      );
    /** So few that half of them are left on a slow machine too: what is written until a process has learnt of it comes on top. */
    const some = Math.ceil(users / 30);
    const untilIdle = () =>
      waitUntil('the queues are idle', async () => {
        const queues = Object.values(await world.control.queueCounters());
        return queues.every(({ active, locked }) => active + locked === 0);
      });

    it('is paused: what is queued is not written', async () => {
      const { rollout } = await activatePolicy(
        world.pipeline,
        { text: policyText([]), file: 'v2.yaml' },
        operator,
      );
      id = rollout.id;
      expect(rollout).toMatchObject({ state: 'running', members: users });
      await written(some);

      await pauseRollout(world.pipeline, id, operator);
      const counts = await untilNoneIsQueued();
      await untilIdle();

      const count = await writes();
      expect(count).toBeLessThan(users / 2);
      expect(counts).toEqual({ changed: count, pending: users - count });
      expect(await writes()).toBe(count);
    });

    it('is resumed, and cancelled half-way: what is queued is dropped', async () => {
      const paused = await writes();
      await resumeRollout(world.pipeline, id, operator);
      await written(paused + some);

      await cancelRollout(world.pipeline, id, operator);
      const ended = await world.ended(id, waitMs);
      await untilIdle();
      const count = await writes();

      expect(count).toBeLessThan(users);
      expect(ended.state).toBe('cancelled');
      expect(await world.count(id)).toEqual({ changed: count, dropped: users - count });
      // Exactly the members that are said to have changed are as planned, every other user is as before.
      const plansOff = await world.plansOff(staff);
      for (const { userId, state } of await world.members(id)) {
        expect([userId, plansOff.get(userId)]).toEqual([userId, state === 'changed' ? [] : [intune]]);
      }
      expect(await world.stores.policies.pointer()).toMatchObject({
        candidate: null,
        left: [ended.policyHash],
      });
    });

    it('leaves each where they are, whatever is reported of them', async () => {
      const count = await writes();
      const hints = async () => (await world.control.queueCounters())['directory-changes']?.completed ?? 0;
      const hintsBefore = await hints();
      const reported = (await world.members(id)).filter((_, index) => index % 10 === 0);

      await Promise.all(
        reported.map(({ userId }) => world.graph('PATCH', `/users/${userId}`, { country: 'BE' })),
      );

      await waitUntil(
        'each is looked at',
        async () => (await hints()) >= hintsBefore + reported.length,
        waitMs,
      );
      await untilIdle();
      expect(await writes()).toBe(count);
    });

    it('is returned: every user is as before it, written to at most twice', async () => {
      const changed = (await world.members(id)).filter(({ state }) => state === 'changed');

      const back = await startReturn(world.pipeline, id, operator);
      const ended = await world.ended(back.id, waitMs);

      expect(ended.state).toBe('done');
      expect(await world.count(back.id)).toEqual({ changed: changed.length });
      expect(new Set([...(await world.plansOff(staff)).values()].map(String))).toEqual(new Set([intune]));
      expect(await writes()).toBe(2 * changed.length);
      expect(await world.stores.policies.pointer()).toMatchObject({ candidate: null, left: [] });
    });
  });
}
