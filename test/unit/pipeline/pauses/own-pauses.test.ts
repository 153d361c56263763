import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { liftIdlePauses } from '../../../../shared/pipeline/pauses/own-pause';
import { decided } from '../../../support/decided';
import { ems, makePipelineWorld, refusal, userId } from '../../../support/pipeline-world';
import { pause, resume, runFor, scopesOfPauses } from '../support/pausing';

const configuration = (ids: readonly string[]) =>
  new GraphError('configuration', 'License cannot be assigned to a user', { status: 400, ids });

describe('a permission that is missing', () => {
  it('for writing pauses every write, tells of it once, and parks the user, who is no failure', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('permission', 403);
    };

    await t.apply(operation);
    await runFor(t, 3_600_000);

    expect(await t.pipeline.control.pauses()).toMatchObject([{ scope: 'apply', origin: 'permission' }]);
    expect(t.events.map(({ event, subject }) => [event, subject])).toEqual([['paused', 'apply']]);
    expect(t.failures).toEqual([]);
    expect(t.state()).toMatchObject({ outcome: null, intent: null, retry: { key: 'paused' } });
    // One trial in two minutes at most, as no other process could take it.
    expect(t.writes.length).toBeGreaterThan(10);
    expect(t.writes.length).toBeLessThanOrEqual(31);
  });

  it('is found granted by the trial, and parked work goes on by itself', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('permission', 403);
    };
    await t.apply(operation);
    t.world.beforeWrite = async () => undefined;
    const granted = t.now();

    while ((await scopesOfPauses(t)).length > 0) await t.step();

    expect(t.now() - granted).toBeLessThanOrEqual(160_000);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.events.map(({ event }) => event)).toEqual(['paused', 'resumed']);
  });

  it('for reading pauses intake, and is tried the same way', async () => {
    const t = makePipelineWorld();
    t.world.beforeRead = async () => {
      throw refusal('permission', 403);
    };
    await t.decide();
    expect(await t.pipeline.control.pauses()).toMatchObject([{ scope: 'intake', origin: 'permission' }]);
    await runFor(t, 600_000);
    expect(t.failures).toEqual([]);
    t.world.beforeRead = async () => undefined;

    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
    expect(await scopesOfPauses(t)).toEqual([]);
  });

  it('for one user alone is that user’s failure and pauses no other user', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('permission', 403);
    };
    // Others are written all the time.
    const others = () => t.pipeline.lastSuccess.note(['apply']);

    others();
    await t.apply(operation);
    expect(t.failures).toEqual([]);
    for (let look = 0; look < 6; look++) {
      others();
      await t.step();
    }

    expect(await scopesOfPauses(t)).toEqual([]);
    expect(t.failures[0]).toMatchObject({ class: 'permission', subject: userId });
    expect(t.state()?.retry).toMatchObject({ key: 'permission' });
  });

  it('that is no more than a token which this process did not get makes no user a failure while others are served', async () => {
    for (const isRead of [true, false]) {
      const t = makePipelineWorld();
      const fail = async () => {
        // Other processes have a token.
        t.pipeline.lastSuccess.note(['apply', 'intake']);
        throw new GraphError('permission', 'No access token for Microsoft Graph: IMDS is away', {
          status: 0,
        });
      };
      const operation = isRead ? undefined : await decided(t);
      if (isRead) t.world.beforeRead = fail;
      else t.world.beforeWrite = fail;

      await (operation === undefined ? t.decide() : t.apply(operation));
      for (let look = 0; look < 12; look++) await t.step();

      expect(await scopesOfPauses(t)).toEqual([]);
      expect(t.failures).toEqual([]);
      expect(t.state()?.retry).toMatchObject({ key: 'unavailable' });
    }
  });

  it('for one user whom the tenant was paused for is that user’s own once others get through', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('permission', 403);
    };
    await t.apply(operation);
    // Another user took the trial, with success.
    t.advance(65_000);
    t.pipeline.lastSuccess.note(['apply']);
    await resume(t, 'apply');
    t.advance(20_000);

    while (t.failures.length === 0) await t.step();

    expect(await scopesOfPauses(t)).toEqual([]);
    expect(t.state()?.retry?.key).toBe('permission');
  });

  it('lets one of many take the trial', async () => {
    const t = makePipelineWorld();
    await pause(t, 'apply', { origin: 'permission', at: t.now() - 61_000 });
    const operation = await decided(t);
    expect(operation.operation.trial).toBe(true);

    const { trial: _trial, ...unmarked } = operation.operation;
    await t.apply({ ...operation, operation: unmarked });

    expect(t.writes).toEqual([]);
    expect(t.state()?.retry?.key).toBe('paused');
    await t.apply(operation);
    expect(t.writes).toHaveLength(1);
    expect(await scopesOfPauses(t)).toEqual([]);
  });

  it('is not passed by an operation that was marked as a trial long ago, nor by a forged one', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    await pause(t, 'apply', { origin: 'permission' });

    await t.apply({ ...operation, operation: { ...operation.operation, trial: true } });

    expect(t.writes).toEqual([]);
    await resume(t, 'apply');
    await pause(t, 'apply');
    await t.apply({ ...operation, operation: { ...operation.operation, trial: true } });
    expect(t.writes).toEqual([]);
  });
});

describe('a SKU that cannot be assigned', () => {
  it('pauses that SKU alone, and goes on when it can', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw configuration([ems]);
    };

    await t.apply(operation);

    expect(await t.pipeline.control.pauses()).toMatchObject([
      { scope: `sku:${ems}`, origin: 'configuration' },
    ]);
    expect(t.failures).toEqual([]);
    expect(t.events).toMatchObject([{ event: 'paused', subject: `sku:${ems}` }]);
    t.world.beforeWrite = async () => undefined;
    while (await t.step());
    expect(t.state()?.outcome).toBe('licensed');
    expect(await scopesOfPauses(t)).toEqual([]);
  });

  it('is found assignable by a trial that is refused only for want of seats', async () => {
    const t = makePipelineWorld();
    await pause(t, `sku:${ems}`, { origin: 'configuration', at: t.now() - 61_000 });
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      throw refusal('seats');
    };

    await t.apply(operation);

    expect(await scopesOfPauses(t)).toEqual([]);
    expect(t.state()?.outcome).toBe('waiting');
  });

  it('is the user’s failure when others get this SKU', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.pipeline.lastSuccess.note([`sku:${ems}`]);
    t.world.beforeWrite = async () => {
      throw configuration([ems]);
    };

    await t.apply(operation);

    expect(t.failures).toMatchObject([{ class: 'configuration' }]);
    expect(await scopesOfPauses(t)).toEqual([]);
  });
});

describe('a pause that is not needed any more', () => {
  it('is lifted when no user came to try it for a quarter of an hour; a person’s is not', async () => {
    const t = makePipelineWorld();
    await pause(t, `sku:${ems}`, { origin: 'configuration' });
    await pause(t, 'intake');
    t.advance(14 * 60_000);
    await liftIdlePauses(t.pipeline, t.task);
    expect(await scopesOfPauses(t)).toHaveLength(2);
    t.advance(2 * 60_000);

    await liftIdlePauses(t.pipeline, t.task);

    expect(await scopesOfPauses(t)).toEqual(['intake']);
    expect(t.events).toMatchObject([{ event: 'resumed' }]);
  });
});
