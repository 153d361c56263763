import { describe, expect, it } from '@jest/globals';
import { graphErrorClasses } from '../../../shared/graph/refusals/graph-error-classes';
import { failureClasses, suggestRepair } from '../../../shared/pipeline/failures/record-failure';
import { attemptLimits } from '../../../shared/pipeline/row/agenda/causes';
import { makePipelineWorld, refusal, userId } from '../../support/pipeline-world';

/** Decides the first hint and has its operation refused from then on. */
async function refusedWorld(errorClass: (typeof graphErrorClasses)[number], status = 400) {
  const t = makePipelineWorld();
  t.world.beforeWrite = async () => {
    throw refusal(errorClass, status);
  };
  await t.decide();
  const start = t.now();
  for (let messages = 0; messages < 200 && (await t.step()); messages++);
  return { t, lastedMs: t.now() - start };
}

describe('retries', () => {
  it('of a usage location that Graph keeps refusing end after their limit, with one failure', async () => {
    const { t, lastedMs } = await refusedWorld('usageLocation');

    expect(t.state()).toMatchObject({ outcome: 'failed', retry: null });
    expect(t.failures).toMatchObject([{ subject: userId, class: 'usageLocation' }]);
    expect(t.writes).toHaveLength((attemptLimits.usageLocation ?? NaN) + 1);
    // From 3 s, doubled up to a minute, each with its jitter.
    expect(lastedMs).toBeGreaterThan(5 * 60_000);
    expect(lastedMs).toBeLessThan(15 * 60_000);
  });

  it.each(['unavailable', 'throttled'] as const)(
    'of %s go on for as long as it takes',
    async (errorClass) => {
      const t = makePipelineWorld();
      let refusals = 0;
      t.world.beforeWrite = async () => {
        if (++refusals <= 60) throw refusal(errorClass, 503);
      };

      await t.decide();
      while (await t.step());

      expect(t.state()?.outcome).toBe('licensed');
      expect(t.failures).toEqual([]);
    },
  );

  it('are not made of badRequest: it is a failure at once', async () => {
    const { t } = await refusedWorld('badRequest');

    expect(t.writes).toHaveLength(1);
    expect(t.failures).toMatchObject([{ subject: userId, class: 'badRequest' }]);
    expect(t.state()?.outcome).toBe('failed');
  });

  it('of a read that is refused in unknown words are made several times before it is a failure', async () => {
    const t = makePipelineWorld();
    let reads = 0;
    t.world.beforeRead = async () => {
      reads += 1;
      throw refusal('unknown', 400);
    };

    await t.decide();
    expect(t.failures).toEqual([]);
    expect(t.state()).toMatchObject({ outcome: null, retry: { key: 'unknown' } });
    for (let messages = 0; messages < 50 && (await t.step()); messages++);

    expect(reads).toBe((attemptLimits.unknown ?? NaN) + 1);
    expect(t.failures).toMatchObject([{ subject: userId, class: 'unknown' }]);
  });

  it('of an unknown refusal are made several times before it is a failure', async () => {
    const { t, lastedMs } = await refusedWorld('unknown');

    expect(t.writes).toHaveLength((attemptLimits.unknown ?? NaN) + 1);
    expect(t.failures).toMatchObject([{ subject: userId, class: 'unknown' }]);
    expect(t.state()?.outcome).toBe('failed');
    expect(lastedMs).toBeGreaterThan(5 * 60_000);
  });

  it('of an unknown refusal leave no trace when it passes', async () => {
    const t = makePipelineWorld();
    let refusals = 0;
    t.world.beforeWrite = async () => {
      if (++refusals <= 2) throw refusal('unknown');
    };

    await t.decide();
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.failures).toEqual([]);
  });

  it('of a user out of reach come after an hour and more; the user is blocked and others go on', async () => {
    const t = makePipelineWorld();
    let refusals = 0;
    t.world.beforeWrite = async () => {
      if (++refusals <= 3) throw refusal('ownTrouble', 403);
    };

    await t.decide();
    await t.step();
    const blocked = t.state();
    const start = t.now();
    while (await t.step());

    expect(blocked).toMatchObject({ outcome: 'blocked', retry: { key: 'ownTrouble' } });
    expect(t.failures).toEqual([]);
    expect(await t.pipeline.control.pauses()).toEqual([]);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.now() - start).toBeGreaterThan(3_600_000);
  });

  it('count their attempts in the user’s row', async () => {
    const t = makePipelineWorld();
    t.world.beforeWrite = async () => {
      throw refusal('usageLocation');
    };
    const attempts: (number | undefined)[] = [];

    await t.decide();
    for (let look = 0; look < 3; look++) {
      await t.step();
      attempts.push(t.state()?.retry?.attempts);
      await t.step();
    }

    expect(attempts).toEqual([1, 2, 3]);
  });
});

describe('failures', () => {
  it.each([...graphErrorClasses, ...failureClasses])('of class %s say what to do', (failureClass) => {
    expect(suggestRepair(failureClass)).toMatch(/licenser apply|report it|tried again/);
  });

  it('have a repair of their own wherever the product gives up by itself', () => {
    const general = suggestRepair('no such class');
    const givenUp = ['permission', 'configuration', 'badRequest', 'unknown', 'syncStateLost', 'crash'];

    for (const failureClass of [...Object.keys(attemptLimits), ...givenUp]) {
      expect([failureClass, suggestRepair(failureClass)]).not.toEqual([failureClass, general]);
    }
  });
});
