import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { activatePolicy } from '../../shared/ops/rollouts/activate-policy';
import { approveRollout, cancelRollout } from '../../shared/ops/rollouts/change-rollout';
import { approver, intune, operator, policyText, startRolloutWorld } from '../support/rollout-world';
import type { RolloutWorld } from '../support/rollout-world';
import { waitUntil } from '../support/wait-until';

describe('an edited policy', () => {
  let world: RolloutWorld;
  let staff: readonly string[];
  const second = policyText([], 'guards: { maxChanges: { count: 5 } }\n');
  beforeAll(async () => {
    world = await startRolloutWorld({ policy: policyText(['INTUNE_A']) });
    staff = await world.hire(20, 'staff');
    await waitUntil('everybody is licensed', () => world.licensed(staff));
  });
  afterAll(() => world?.stop());

  it('changes no user as a file, after a restart either', async () => {
    const before = await world.lastSeq();

    writeFileSync(world.policyFile, second);
    await world.cloud.processes.functions.restart();
    await Promise.all(
      staff.map((id) => world.graph('PATCH', `/users/${id}`, { jobTitle: 'Seller of things' })),
    );
    const [joiner] = await world.hire(1, 'early');
    await waitUntil('the joiner is licensed', () => world.licensed([joiner ?? '']));

    const writes = await world.writesAfter(before);
    expect(writes.map(({ userId }) => userId)).toEqual([joiner]);
    expect(writes[0]?.add?.[0]?.disabledPlans).toEqual([intune]);
  });

  it('awaits approval where its guards ask for it, and changes no user meanwhile', async () => {
    const before = await world.lastSeq();

    const { rollout, plan } = await activatePolicy(
      world.pipeline,
      { text: second, file: 'second.yaml' },
      operator,
    );
    const [joiner] = await world.hire(1, 'mid');
    await waitUntil('the joiner is licensed', () => world.licensed([joiner ?? '']));

    expect(rollout).toMatchObject({ kind: 'activation', state: 'awaiting', members: 21 });
    expect(rollout.approvalReasons.map(({ code }) => code)).toEqual(['guard/changes']);
    expect(plan.guards.changes).toBe(21);
    const writes = await world.writesAfter(before);
    expect(writes.map(({ userId, add }) => [userId, add?.[0]?.disabledPlans])).toEqual([[joiner, [intune]]]);
    await expect(
      activatePolicy(
        world.pipeline,
        { text: policyText(['INTUNE_A', 'MFA_PREMIUM']), file: 'third' },
        operator,
      ),
    ).rejects.toMatchObject({ code: 'rollout/under-way' });
    // The one who joined after the plan is no stale plan's doing, but holds something already: cancelled and planned anew.
    await expect(approveRollout(world.pipeline, rollout.id, approver)).rejects.toMatchObject({
      code: 'rollout/stale',
    });
    await cancelRollout(world.pipeline, rollout.id, operator);
    await world.ended(rollout.id);
    expect(await world.writesAfter(before)).toHaveLength(1);
  });

  it('moves everybody once it is approved, and joiners at once', async () => {
    const before = await world.lastSeq();
    const { rollout } = await activatePolicy(world.pipeline, { text: second, file: 'second.yaml' }, operator);

    await approveRollout(world.pipeline, rollout.id, approver);
    const ended = await world.ended(rollout.id);

    expect(ended.state).toBe('done');
    expect(await world.count(rollout.id)).toEqual({ changed: 22 });
    const writes = await world.writesAfter(before);
    expect(writes).toHaveLength(22);
    expect(new Set(writes.map(({ userId }) => userId)).size).toBe(22);
    expect(writes.every(({ add }) => add?.[0]?.disabledPlans.length === 0)).toBe(true);
    const pointer = await world.stores.policies.pointer();
    expect(pointer).toMatchObject({ active: rollout.policyHash, candidate: null, left: [] });
    const actions = [];
    for await (const { action } of world.stores.audit.list()) actions.push(action);
    expect(actions.reverse()).toEqual([
      'policy/activate',
      'rollout/cancel',
      'policy/activate',
      'rollout/approve',
    ]);
  });
});
