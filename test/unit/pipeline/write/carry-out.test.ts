import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { decided } from '../../../support/decided';
import { ems, intune, makePipelineWorld, premium, refusal, userId } from '../../../support/pipeline-world';
import { activate, byPolicy } from '../support/before-the-intent';

describe('a write that another worker has under way', () => {
  it('is waited for by a second delivery, until its writer must have crashed', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    const startedAt: number[] = [];
    t.world.beforeWrite = async () => {
      startedAt.push(t.now());
      if (startedAt.length === 1) await t.apply(operation);
    };

    await t.apply(operation);

    expect(startedAt).toHaveLength(2);
    expect((startedAt[1] ?? 0) - (startedAt[0] ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
  });

  it('leaves a license that is known as ours, although its intent was settled before it took effect', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      t.world.beforeWrite = async () => undefined;
      // The user moves, and the second delivery of the message sees them before the slow write takes effect.
      t.world.user.properties['department'] = 'Legal';
      await t.apply(operation);
      expect(t.state()).toMatchObject({ outcome: 'nothing', intent: { add: byPolicy.add } });
    };

    await t.apply(operation);

    expect(t.writes).toHaveLength(1);
    expect(t.state()).toMatchObject({ intent: null });
    expect(t.ledger()).toMatchObject([{ skuId: ems, disabledByUs: [intune] }]);
  });

  it('is recorded although a hint has changed the row meanwhile, and is not sent twice', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      const { users } = t.pipeline;
      const record = await users.read(userId);
      if (record.state !== null) await users.commit(record, { state: { ...record.state } });
      // No replica shows the write yet.
      t.world.user.assignments = [];
    };

    await t.apply(operation);

    expect(t.writes).toHaveLength(1);
    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
    expect(t.ledger()).toMatchObject([{ skuId: ems }]);
  });

  it('is not sent a second time, even when an operator asks', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      await t.decide(t.hint({ source: 'operator' }));
    };

    await t.apply(operation);

    // The operator's look is put off until the write is over; no operation was sent.
    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { source: 'operator' } }]);
    expect(t.writes).toHaveLength(1);
  });
});

describe('an answer of Graph', () => {
  it.each([
    ['throttled', 429],
    ['concurrency', 409],
  ] as const)('%s makes everybody wait for as long as it says', async (errorClass, status) => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    const waits: (number | undefined)[] = [];
    t.pipeline.quota.backOff = async (retryAfterMs) => void waits.push(retryAfterMs);
    t.world.beforeWrite = async () => {
      t.world.beforeWrite = async () => undefined;
      throw new GraphError(errorClass, 'slower', { status, retryAfterMs: 7_000 });
    };

    await t.apply(operation);

    expect(waits).toEqual([7_000]);
    expect(t.state()?.outcome).toBe('licensed');
  });

  it('503 after the write took effect leaves the license ours', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      throw refusal('unavailable', 503);
    };

    await t.apply(operation);
    while (await t.step());

    expect(t.writes).toHaveLength(1);
    expect(t.ledger()).toMatchObject([{ skuId: ems, disabledByUs: [intune] }]);
  });

  it('“no seats” for a license that is held already frees the lane after the second one', async () => {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    t.advance(3_600_000);
    await activate(t, '');
    const operation = await decided(t, t.hint({ source: 'operator' }));
    t.writes.length = 0;
    t.world.beforeWrite = async () => {
      throw refusal('seats');
    };

    await t.apply(operation);

    expect(t.writes).toHaveLength(2);
    expect(t.state()?.retry).toMatchObject({ key: 'seats' });
    expect(t.ledger()).toMatchObject([{ skuId: ems }]);
  });

  it('that is not known is kept word for word', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    const words = 'Something that has never been seen [Ünïcode]';
    t.world.beforeWrite = async () => {
      throw new GraphError('unknown', words, { status: 400 });
    };

    await t.apply(operation);
    const early = t.failures.length;
    while (await t.step());

    expect(early).toBe(0);
    expect(t.failures[0]?.reason.text).toContain(words);
    expect(t.state()?.reasons[0]?.text).toContain(words);
    expect(t.timeline.at(-1)?.text).toContain(words);
  });

  it('that blocks a user is not asked for again while nothing changes, and is when something does', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('prohibitedLocation');
    };
    await t.apply(operation);
    expect(t.state()?.outcome).toBe('blocked');
    t.advance(3_600_000);

    await t.hear({ source: 'notification' });
    while (await t.step());
    expect(t.writes).toHaveLength(1);
    t.world.user.assignments = [
      { skuId: ems, disabledPlans: [premium], assignedByGroup: null, state: 'Active', error: null },
    ];
    t.world.beforeWrite = async () => undefined;
    await t.hear({ source: 'notification' });
    for (let steps = 0; steps < 5 && (await t.step()); steps++);

    expect(t.state()?.outcome).not.toBe('blocked');
  });

  it('of success lets the rate climb, once for each write', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `usageLocation: { default: NL }\n${t.world.policyText ?? ''}`;
    t.world.user.properties['usageLocation'] = null;
    let successes = 0;
    t.pipeline.quota.succeeded = () => void successes++;

    await t.apply(await decided(t));

    expect(successes).toBe(2);
  });
});
