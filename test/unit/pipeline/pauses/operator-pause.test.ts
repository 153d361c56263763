import { describe, expect, it } from '@jest/globals';
import { writeScopes } from '../../../../shared/pipeline/pauses/pause-scope';
import { laneOf } from '../../../../shared/queue/lanes';
import { decided } from '../../../support/decided';
import { ems, makePipelineWorld, userId } from '../../../support/pipeline-world';
import { pause, resume, runFor, scopesOfPauses } from '../support/pausing';

const lane = `lane:${Number(laneOf(userId, 32).slice(5))}`;

describe('a pause by a person', () => {
  it('of intake parks the hint as it is: no user is looked at, nothing is lost', async () => {
    const t = makePipelineWorld();
    await pause(t, 'intake');
    let reads = 0;
    t.world.beforeRead = async () => {
      reads++;
    };
    const hint = t.hint({ source: 'rollout', rollout: 'r1', crowd: true });

    await t.decide(hint);

    expect(t.sent).toMatchObject([{ kind: 'hint', hint }]);
    expect(t.sent[0]?.kind === 'hint' && t.sent[0].at - t.now()).toBeGreaterThanOrEqual(30_000);
    expect(reads).toBe(0);
    await runFor(t, 600_000);
    expect(reads).toBe(0);
    await resume(t, 'intake');
    while (await t.step());
    expect(t.state()?.outcome).toBe('licensed');
  });

  it.each(['apply', lane, `sku:${ems}`])(
    'of %s stops the write before the quota is asked for',
    async (scope) => {
      const t = makePipelineWorld();
      const operation = await decided(t);
      let asked = 0;
      t.world.onQuota = async () => {
        asked++;
      };
      await pause(t, scope);

      await t.apply(operation);
      await runFor(t, 900_000);

      expect(asked).toBe(0);
      expect(t.writes).toEqual([]);
      expect(t.sent).toHaveLength(1);
      expect(t.state()).toMatchObject({
        outcome: null,
        retry: { key: 'paused', why: { code: `paused/${scope}` } },
      });
      expect(t.state()?.retry?.why.text).toContain('A change window (ada paused it)');
      expect(t.failures).toEqual([]);
      await resume(t, scope);
      while (await t.step());
      expect(t.state()?.outcome).toBe('licensed');
      expect(t.writes).toHaveLength(1);
    },
  );

  it.each(['lane:99', 'sku:00000000-0000-4000-8000-000000000001'])(
    'of %s leaves others alone',
    async (scope) => {
      const t = makePipelineWorld();
      await pause(t, scope);

      await t.apply(await decided(t));

      expect(t.state()?.outcome).toBe('licensed');
    },
  );

  it('is noticed by a write that waits for its quota', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.onQuota = async () => {
      t.advance(60_000);
      await pause(t, 'apply');
    };

    await t.apply(operation);

    expect(t.writes).toEqual([]);
    expect(t.state()?.retry?.key).toBe('paused');
  });

  it('costs one read of the row and one message each half minute, and a look at the user now and then', async () => {
    const t = makePipelineWorld();
    await pause(t, 'apply');
    await t.decide();
    let reads = 0;
    let commits = 0;
    t.world.beforeRead = async () => {
      reads++;
    };
    t.world.beforeCommit = async () => {
      commits++;
    };

    await runFor(t, 3_600_000);

    expect(reads).toBeLessThanOrEqual(13);
    expect(commits).toBeLessThanOrEqual(13);
    expect(reads).toBeGreaterThanOrEqual(9);
  });

  it('keeps one scheduled look for a user of whom several hints speak', async () => {
    const t = makePipelineWorld();
    await pause(t, 'apply');
    for (let count = 0; count < 4; count++) {
      t.advance(20_000);
      await t.decide(t.hint({ source: 'operator' }));
    }
    await runFor(t, 40_000);

    expect(t.sent).toHaveLength(1);
  });

  it('is never tried by the product', async () => {
    const t = makePipelineWorld();
    await pause(t, 'apply');
    await t.decide();

    await runFor(t, 3_600_000);

    expect(await scopesOfPauses(t)).toEqual(['apply']);
    expect(t.writes).toEqual([]);
  });
});

describe('a pause of setting locations', () => {
  it('stops no write for a user who has a location', async () => {
    const t = makePipelineWorld();
    await pause(t, 'location', { origin: 'permission', reason: 'The app may not set locations' });

    await t.apply(await decided(t));

    expect(t.state()?.outcome).toBe('licensed');
    const { settings } = t.pipeline;
    const scopes = (usageLocation?: string) =>
      writeScopes({ settings }, userId, { add: [], remove: [], ...(usageLocation && { usageLocation }) });
    expect(scopes('NL')).toContain('location');
    expect(scopes()).not.toContain('location');
  });
});
