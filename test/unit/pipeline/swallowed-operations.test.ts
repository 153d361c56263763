import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../../shared/kernel/errors';
import type { Hint } from '../../../shared/queue/messages';
import { decided } from '../../support/decided';
import { intune, makePipelineWorld, refusal, userId } from '../../support/pipeline-world';
import { startRollout } from '../../support/world/world-policies';
import { refuseOnce, takeLook } from './support/refused-looks';
import type { World } from './support/refused-looks';

describe('an operation that ends with its rollout', () => {
  it.each(['cancelled', 'paused'] as const)('is not counted on by hints any more (%s)', async (state) => {
    const t = makePipelineWorld();
    const { policy } = await t.pipeline.policy.forUser(await t.pipeline.users.read(userId));
    const row = await startRollout(t, { kind: 'census', policyHash: policy.hash, isMember: true });
    const operation = await decided(t, t.hint({ source: 'rollout', rollout: 'r' }));
    await t.pipeline.rollouts.update(row, { state });
    t.advance(60_000);

    await t.apply(operation, 'license-changes-bulk');
    expect(t.writes).toEqual([]);
    await t.hear({ source: 'notification' });
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
  });
});

describe('the operation of a decision whose host died before sending it', () => {
  async function dieBeforeSending(t: World, hint: Hint) {
    const sendOperation = t.pipeline.queues.sendOperation.bind(t.pipeline.queues);
    t.pipeline.queues.sendOperation = async () => {
      throw new Error('the process is killed here');
    };
    await expect(t.decide(hint)).rejects.toThrow('killed');
    t.pipeline.queues.sendOperation = sendOperation;
    t.advance(30_000);
  }

  /** What is parked comes back as another message. */
  async function finish(t: World) {
    const parked = takeLook(t);
    t.advance(parked.at - t.now());
    await t.hear(parked.hint);
    while (await t.step());
  }

  it('is sent although its message was parked meanwhile', async () => {
    const t = makePipelineWorld();
    const hint = t.hint({ source: 'notification' });
    await dieBeforeSending(t, hint);
    const by = { origin: 'operator', reason: 'a test', by: 'a test', at: t.now(), probedAt: null } as const;
    await t.pipeline.control.pause({ scope: 'intake', ...by });
    t.pipeline.pauses.forget();

    await t.decide(hint);
    await t.pipeline.control.resume('intake', 'operator');
    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });

  it('is sent although the policy could not be read meanwhile', async () => {
    const t = makePipelineWorld();
    const hint = t.hint({ source: 'notification' });
    await dieBeforeSending(t, hint);
    const readable = { ...t.pipeline.policy };
    Object.assign(t.pipeline.policy, {
      forUser: async () => {
        throw new UserError('policy/unreadable', 'The policy file cannot be read');
      },
    });

    await t.decide(hint);
    Object.assign(t.pipeline.policy, readable);
    await finish(t);

    expect(t.state()?.outcome).toBe('licensed');
  });
});

describe('the intent of a write that never took effect', () => {
  it('is given up by looks too, once no read lag can hide the write any more', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    refuseOnce(t, 'unavailable');
    await t.apply(operation);
    t.world.user.properties['department'] = 'Legal';

    await t.step();
    expect(t.state()).toMatchObject({ outcome: 'nothing', intent: {} });
    const start = t.now();
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'nothing', intent: null });
    expect(t.now() - start).toBeLessThan(10 * 60_000);
  });

  it('is kept when the write went unanswered, no read shows it yet, and its repetition is refused', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      t.world.afterWrite = async () => undefined;
      // It took effect, and the replica that is read next does not know of it.
      t.world.user.assignments = [];
      t.world.beforeWrite = async () => {
        throw refusal('usageLocation');
      };
      throw refusal('ambiguous', 0);
    };

    await t.apply(operation);
    expect(t.state()).toMatchObject({ retry: { key: 'usageLocation' }, intent: {} });
    t.hold([intune]);
    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
    expect(t.ledger()).toHaveLength(1);
  });
});
