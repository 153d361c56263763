import { describe, expect, it } from '@jest/globals';
import { toUserId } from '../../../../shared/kernel/ids';
import { decided } from '../../../support/decided';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';
import { startRollout } from '../../../support/world/world-policies';
import { activate, byPolicy } from '../support/before-the-intent';
import type { World } from '../support/before-the-intent';

const other = toUserId('cccccccc-0000-4000-8000-000000000003');

/** Once, when everything but the guards and the rollout has been asked, and nothing is written yet. */
function justBeforeTheIntent(t: World, change: () => void): void {
  t.pipeline.quota.isClosed = () => {
    t.pipeline.quota.isClosed = () => false;
    change();
    return false;
  };
}

describe('what is asked once more before a write', () => {
  it('is whether the row is as it was when the look began', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    let reads = 0;
    t.world.beforeRead = async () => {
      if (++reads > 1) return;
      // The other queue’s message, a person's exception: a change of the row has changed what to decide by.
      const { users } = t.pipeline;
      const record = await users.read(userId);
      if (record.state !== null) await users.commit(record, { state: { ...record.state, looks: 7 } });
    };

    await t.apply(operation);

    expect(reads).toBe(2);
    expect(t.writes).toEqual([byPolicy]);
  });

  it('is whether anything is paused, when more quota had to be waited for', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `usageLocation: { default: NL }\n${t.world.policyText ?? ''}`;
    t.world.user.properties['usageLocation'] = null;
    const { v, operation, trace } = await decided(t);
    const { usageLocation: _, ...promised } = operation;
    let asked = 0;
    t.world.onQuota = async () => {
      if (++asked !== 2) return;
      const pause = { scope: 'apply', origin: 'operator', reason: 'stop', by: 'ada' } as const;
      await t.pipeline.control.pause({ ...pause, at: t.now(), probedAt: null });
      t.pipeline.pauses.forget();
    };

    await t.apply({ v, operation: promised, trace });

    expect(asked).toBe(2);
    expect(t.world.user.properties['usageLocation']).toBeNull();
    expect(t.writes).toEqual([]);
    expect(t.state()?.retry?.key).toBe('paused');
  });

  it('is whether the guards still have a place', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `guards: { maxChanges: { count: 1 } }\nadopt: [EMS]\n${t.world.policyText ?? ''}`;
    await t.apply(await decided(t));
    t.advance(3_600_000);
    await activate(t, '');
    const operation = await decided(t, t.hint({ source: 'operator' }));
    justBeforeTheIntent(t, () => {
      void t.pipeline.guards.reserve(other, { reduction: false, change: true }, () => true);
    });

    await t.apply(operation);

    expect(t.writes).toEqual([byPolicy]);
    expect(t.state()?.outcome).toBe('held');
  });

  it('is whether its rollout still runs', async () => {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    t.advance(3_600_000);
    const before = await t.pipeline.policies.pointer();
    await activate(t, '');
    const { active } = await t.pipeline.policies.pointer();
    if (active === null) throw new Error('No policy is active');
    const pointer = await t.pipeline.policies.pointer();
    await t.pipeline.policies.movePointer(pointer, { ...pointer, active: before.active, candidate: active });
    t.advance(6_000);
    const running = await startRollout(t, { kind: 'activation', policyHash: active, isMember: true });
    const operation = await decided(t, t.hint({ source: 'rollout', rollout: 'r' }));
    justBeforeTheIntent(t, () => {
      void t.pipeline.rollouts.update(running, { state: 'cancelled' });
      t.advance(6_000);
    });

    await t.apply(operation);

    expect(t.writes).toEqual([byPolicy]);
  });

  it('is no user whom a crash has made a failure, although the operation was sent before', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    const record = await t.pipeline.users.read(userId);
    const reasons = [{ code: 'crash/handling' as const, text: 'ended the process' }];
    if (record.state === null) throw new Error('There is no row');
    await t.pipeline.users.commit(record, { state: { ...record.state, outcome: 'failed', reasons } });
    let reads = 0;
    t.world.beforeRead = async () => void reads++;

    await t.apply(operation);

    expect([reads, t.writes.length]).toEqual([0, 0]);
  });

  it('costs no look at the user while every write is paused', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    const pause = { scope: 'apply', origin: 'operator', reason: 'stop', by: 'ada' } as const;
    await t.pipeline.control.pause({ ...pause, at: t.now(), probedAt: null });
    t.pipeline.pauses.forget();
    let reads = 0;
    t.world.beforeRead = async () => void reads++;

    await t.apply(operation);

    expect(reads).toBe(0);
    expect(t.state()?.retry?.key).toBe('paused');
  });
});
