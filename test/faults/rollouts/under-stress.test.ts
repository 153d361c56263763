import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activatePolicy } from '../../../shared/ops/rollouts/activate-policy';
import {
  approveRollout,
  cancelRollout,
  pauseRollout,
  resumeRollout,
} from '../../../shared/ops/rollouts/change-rollout';
import { startReturn } from '../../../shared/ops/rollouts/return-rollout';
import { listMembers } from '../../../shared/ops/rollouts/show-rollout';
import { approver, intune, operator, policyText, startRolloutWorld } from '../../support/rollout-world';
import type { RolloutWorld } from '../../support/rollout-world';
import { waitUntil } from '../../support/wait-until';

const activate = (world: RolloutWorld, text: string) =>
  activatePolicy(world.pipeline, { text, file: 'edited.yaml' }, operator);

/** Half of them move to Brokering, which has a rule of its own. */
const halves = (typo: string) =>
  `${policyText(['INTUNE_A'], 'removal: { mode: remove, grace: 0d }\nguards: { maxReductions: { percent: 10 } }\n')}  - name: brokers
    when: 'user.department -eq "${typo}"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

describe('rollouts under stress', () => {
  let world: RolloutWorld;
  let staff: readonly string[];
  beforeAll(async () => {
    // 16 writes a second: Graph's real pace, and our real share of it.
    world = await startRolloutWorld({ policy: halves('Brokering'), quotaFactor: 1 });
    staff = await world.hire(60, 'staff');
    await waitUntil('everybody is licensed', () => world.licensed(staff));
    const brokers = staff.slice(0, 30);
    await Promise.all(brokers.map((id) => world.graph('PATCH', `/users/${id}`, { department: 'Brokering' })));
  });
  afterAll(() => world?.stop());

  it('a typo that would strip half the tenant is held, inspected and cancelled', async () => {
    const before = await world.lastSeq();

    const { rollout } = await activate(world, halves('Brokerign'));
    const listed = await listMembers(world.pipeline, rollout.id);
    await cancelRollout(world.pipeline, rollout.id, operator);
    await world.ended(rollout.id);

    expect(rollout.state).toBe('awaiting');
    expect(rollout.approvalReasons.map(({ code }) => code)).toEqual(['guard/reductions']);
    expect(listed.map(({ id }) => id).sort()).toEqual([...staff.slice(0, 30)].sort());
    expect(await world.writesAfter(before)).toEqual([]);
    expect((await world.stores.policies.pointer()).candidate).toBeNull();
  });

  it('of two activations at once one is refused, and the other moves everybody once, joiners too', async () => {
    const before = await world.lastSeq();
    const text = policyText([], 'scope: { when: \'user.department -in ["Trading"]\' }\n');

    const [first, second] = await Promise.allSettled([
      activate(world, text),
      activate(world, policyText(['MFA_PREMIUM'])),
    ]);
    const [won] = [first, second].flatMap((one) => (one.status === 'fulfilled' ? [one.value.rollout] : []));
    const lost = [first, second].filter((one) => one.status === 'rejected');
    // The active policy has a guard that neither of the two has.
    expect(won?.approvalReasons.map(({ code }) => code)).toContain('guard/loosened');
    await approveRollout(world.pipeline, won?.id ?? '', approver);
    const joiners = await world.hire(50, 'joiner');
    const ended = await world.ended(won?.id ?? '');
    await waitUntil('the joiners are licensed', () => world.licensed(joiners));

    expect(lost).toMatchObject([{ reason: { code: 'rollout/under-way' } }]);
    expect(ended.state).toBe('done');
    const perUser = new Map<string, number>();
    for (const { userId } of await world.writesAfter(before)) {
      perUser.set(userId, (perUser.get(userId) ?? 0) + 1);
    }
    const traders = [...staff.slice(30), ...joiners];
    expect(traders.filter((id) => (perUser.get(id) ?? 0) !== 1)).toEqual([]);
    expect((await world.stores.policies.pointer()).active).toBe(ended.policyHash);
  });

  it('ends as planned although the functions host is killed in every state', async () => {
    const { functions } = world.cloud.processes;
    const crash = async () => {
      await functions.kill('SIGKILL');
      await functions.restart();
    };
    const traders = staff.slice(30);
    const initial = await world.plansOff(traders);
    const before = await world.lastSeq();
    const off = (id: string) =>
      waitUntil('some are written', async () => {
        const written = (await world.writesAfter(before)).filter(({ userId }) => traders.includes(userId));
        return written.length > 0 && id !== '';
      });

    const { rollout } = await activate(
      world,
      policyText(['INTUNE_A', 'RMS_S_PREMIUM'], 'guards: { maxChanges: { count: 1 } }\n'),
    );
    await crash();
    expect((await world.rollout(rollout.id)).state).toBe('awaiting');
    expect(await world.writesAfter(before)).toEqual([]);
    await approveRollout(world.pipeline, rollout.id, approver);
    await off(rollout.id);
    await crash();
    await pauseRollout(world.pipeline, rollout.id, operator).catch(() => undefined);
    await crash();
    await resumeRollout(world.pipeline, rollout.id, operator).catch(() => undefined);
    await cancelRollout(world.pipeline, rollout.id, operator).catch(() => undefined);
    await crash();
    const ended = await world.ended(rollout.id);

    const now = await world.plansOff(traders);
    const members = new Map((await world.members(rollout.id)).map((one) => [String(one.userId), one.state]));
    for (const id of traders) {
      const state = members.get(id);
      const expected = state === 'changed' ? expect.arrayContaining([intune]) : initial.get(id);
      expect([id, state, now.get(id)]).toEqual([id, state, expected]);
    }

    if (ended.state === 'cancelled' && [...members.values()].includes('changed')) {
      const back = await startReturn(world.pipeline, rollout.id, operator);
      await crash();
      const last = back.state === 'awaiting' ? await approveRollout(world.pipeline, back.id, approver) : back;
      await crash();
      expect((await world.ended(last.id)).state).toBe('done');
      expect(await world.plansOff(traders)).toEqual(initial);
    }
  }, 1_200_000);
});
