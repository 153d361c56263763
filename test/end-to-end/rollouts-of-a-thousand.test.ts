import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activatePolicy } from '../../shared/ops/rollouts/activate-policy';
import { cancelRollout, pauseRollout, resumeRollout } from '../../shared/ops/rollouts/change-rollout';
import { startReturn } from '../../shared/ops/rollouts/return-rollout';
import { approver, intune, operator, policyText, startRolloutWorld } from '../support/rollout-world';
import type { RolloutWorld } from '../support/rollout-world';
import { waitUntil } from '../support/wait-until';

const users = 1_000;

describe('a rollout of 1,000 users', () => {
  let world: RolloutWorld;
  let staff: readonly string[];
  let id: string;
  let before: number;
  beforeAll(async () => {
    // 48 writes a second: slow enough to be stopped half-way.
    world = await startRolloutWorld({ policy: policyText(['INTUNE_A']), quotaFactor: 3 });
    staff = await world.hire(users, 'staff');
    await waitUntil('everybody is licensed', () => world.licensed(staff), 180_000);
    before = await world.lastSeq();
  }, 300_000);
  afterAll(() => world?.stop());

  /** Effective writes until there have been none for 8 s: handlers learn of a change within 5 s. */
  async function untilQuiet(): Promise<number> {
    let last = { count: -1, at: performance.now() };
    return waitUntil(
      'nothing more is written',
      async () => {
        const { length } = await world.writesAfter(before);
        if (length !== last.count) last = { count: length, at: performance.now() };
        return performance.now() - last.at > 8_000 && { length };
      },
      90_000,
    ).then(({ length }) => length);
  }
  const written = (count: number) =>
    waitUntil(
      `${count} users are written`,
      async () => (await world.writesAfter(before)).length >= count,
      90_000,
    );

  it('is paused: what is queued is not written', async () => {
    const { rollout } = await activatePolicy(
      world.pipeline,
      { text: policyText([]), file: 'v2.yaml' },
      operator,
    );
    id = rollout.id;
    expect(rollout).toMatchObject({ state: 'running', members: users });
    await written(150);

    await pauseRollout(world.pipeline, id, operator);
    const count = await untilQuiet();

    expect(count).toBeLessThan(150 + 8 * 48);
    expect(await world.writesAfter(before)).toHaveLength(count);
    // Nobody is on the way any more: each was written to, or waits to be fed again.
    const counts = await waitUntil(
      'every message has been finished',
      async () => {
        const found = await world.count(id);
        return found.queued === undefined && found;
      },
      60_000,
    );
    expect(counts).toEqual({ changed: count, pending: users - count });
    expect(await world.writesAfter(before)).toHaveLength(count);
  }, 180_000);

  it('is resumed, and cancelled half-way: what is queued is dropped', async () => {
    const paused = (await world.writesAfter(before)).length;
    await resumeRollout(world.pipeline, id, operator);
    await written(paused + 100);

    await cancelRollout(world.pipeline, id, operator);
    const ended = await world.ended(id, 90_000);
    const count = await untilQuiet();

    expect(count).toBeLessThan(users);
    expect(ended.state).toBe('cancelled');
    expect(await world.count(id)).toEqual({ changed: count, dropped: users - count });
    // Exactly the members that are said to have changed are as planned, everybody else is as before.
    const plansOff = await world.plansOff(staff);
    for (const { userId, state } of await world.members(id)) {
      expect([userId, plansOff.get(userId)]).toEqual([userId, state === 'changed' ? [] : [intune]]);
    }
    expect(await world.stores.policies.pointer()).toMatchObject({
      candidate: null,
      left: [ended.policyHash],
    });
  }, 240_000);

  it('leaves each where they are, whatever is reported of them', async () => {
    const count = (await world.writesAfter(before)).length;
    const some = (await world.members(id)).filter((_, index) => index % 50 === 0);

    await Promise.all(
      some.map(({ userId }) => world.graph('PATCH', `/users/${userId}`, { jobTitle: 'Trader of things' })),
    );

    expect(await untilQuiet()).toBe(count);
  }, 120_000);

  it('is returned: everybody is as before it, written to at most twice', async () => {
    const changed = (await world.members(id)).filter(({ state }) => state === 'changed');

    const back = await startReturn(world.pipeline, id, operator);
    const ended = await world.ended(back.id, 120_000);

    expect(ended.state).toBe('done');
    expect(await world.count(back.id)).toEqual({ changed: changed.length });
    expect(new Set([...(await world.plansOff(staff)).values()].map(String))).toEqual(new Set([intune]));
    const writes = await world.writesAfter(before);
    expect(writes).toHaveLength(2 * changed.length);
    expect(await world.stores.policies.pointer()).toMatchObject({ candidate: null, left: [] });
  }, 240_000);
});
