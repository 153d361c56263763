import { describe, expect, it } from '@jest/globals';
import { decided } from '../../../support/decided';
import { ems, intune, makePipelineWorld, refusal } from '../../../support/pipeline-world';

describe('decide and apply in trouble', () => {
  it('calls a user gone only after ten minutes of 404', async () => {
    const t = makePipelineWorld();
    t.world.user.isThere = false;
    const start = t.now();

    await t.decide();
    while (await t.step());

    expect(t.now() - start).toBeGreaterThanOrEqual(600_000);
    expect(t.state()).toMatchObject({ outcome: 'outOfScope', reasons: [{ code: 'user/gone' }] });
  });

  it('hands a 503 to a scheduled look that is not taken for another writer’s', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    let failing = true;
    t.world.beforeWrite = async () => {
      if (!failing) return;
      failing = false;
      throw refusal('unavailable', 503);
    };

    await t.apply(operation);
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.writes).toHaveLength(2);
  });

  it('settles a write whose answer was lost by reading back, without writing again', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      throw refusal('ambiguous', 0);
    };

    await t.apply(operation);

    expect(t.writes).toHaveLength(1);
    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
    expect(t.ledger()).toMatchObject([{ skuId: ems }]);
  });

  it('knows after a crash that a license is ours, by the intent', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      throw new Error('the process is killed here');
    };
    await expect(t.apply(operation)).rejects.toThrow('killed');
    t.advance(60_000);

    await t.apply(operation);

    expect(t.writes).toHaveLength(1);
    expect(t.ledger()).toMatchObject([{ skuId: ems, disabledByUs: [intune] }]);
    expect(t.state()?.outcome).toBe('licensed');
  });

  it('does not write again when an echo settled its write and the next read lags', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    let once = true;
    t.world.afterWrite = async () => {
      if (!once) return;
      once = false;
      t.advance(6_000);
      await t.decide(t.hint({ source: 'notification' }));
      t.world.user.assignments = [];
    };

    await t.apply(operation);

    expect(t.writes).toHaveLength(1);
    expect(t.ledger()).toMatchObject([{ skuId: ems }]);
  });

  it('frees the lane when Graph keeps answering Directory_ConcurrencyViolation', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('concurrency', 409);
    };

    await t.apply(operation);

    expect(t.writes.length).toBeLessThan(15);
    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { source: 'retry' } }]);
  });

  it('stays on a user however long Graph is down, and forgets nothing when it is back', async () => {
    const t = makePipelineWorld();
    t.world.beforeRead = async () => {
      throw refusal('unavailable', 503);
    };
    await t.decide();
    for (let look = 0; look < 40; look++) await t.step();
    expect(t.state()?.outcome).toBeNull();

    t.world.beforeRead = async () => undefined;
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.failures).toEqual([]);
  });

  it('sends the operation after all when it crashed between the row and the queue', async () => {
    const t = makePipelineWorld();
    const hint = t.hint();
    const sendOperation = t.pipeline.queues.sendOperation.bind(t.pipeline.queues);
    t.pipeline.queues.sendOperation = async () => {
      throw new Error('the process is killed here');
    };
    await expect(t.decide(hint)).rejects.toThrow('killed');
    t.pipeline.queues.sendOperation = sendOperation;

    // The same message again; a broker that lost its locks with its process counts no delivery.
    t.advance(6_000);
    await t.decide(hint, 1);

    expect(t.sent).toMatchObject([{ kind: 'operation' }]);
  });
});
