import { describe, expect, it } from '@jest/globals';
import { walkDelta } from '../../../shared/pipeline/intake/walk-delta';
import { makeMemoryCursors } from '../../support/memory/memory-cursors';
import { makePipelineWorld, refusal, userId } from '../../support/pipeline-world';

/** The small world with changes to follow; `refused` says what Graph answers to the delta query. */
function makeDeltaWorld() {
  const t = makePipelineWorld();
  const delta = { refused: null as ReturnType<typeof refusal> | null, asked: 0 };
  const ask = () => {
    delta.asked++;
    if (delta.refused !== null) throw delta.refused;
  };
  const pipeline = {
    ...t.pipeline,
    cursors: makeMemoryCursors(t.now),
    directory: {
      ...t.pipeline.directory,
      deltaFromNow: async () => {
        ask();
        return 'link';
      },
      deltaPage: async () => {
        ask();
        return { changes: [{ id: userId, removed: false }], deltaLink: 'link' };
      },
    },
  } as unknown as typeof t.pipeline;
  return { ...t, delta, pipeline, round: () => walkDelta(pipeline, t.task) };
}

const pausesOf = async (t: ReturnType<typeof makeDeltaWorld>) =>
  (await t.pipeline.control.pauses()).map(({ scope, origin }) => `${scope} ${origin}`);

describe('following changes that Graph refuses', () => {
  it.each([401, 403])('%d pauses intake, once, and the round is no failed run', async (status) => {
    const t = makeDeltaWorld();
    await t.round();
    t.delta.refused = refusal('permission', status);

    await t.round();
    await t.decide();

    expect(await pausesOf(t)).toEqual(['intake permission']);
    expect(t.events).toMatchObject([
      { event: 'paused', subject: 'intake', reason: { code: 'paused/permission' } },
    ]);
    expect(t.state()).toBeNull();
  });

  it('also at the first start', async () => {
    const t = makeDeltaWorld();
    t.delta.refused = refusal('permission', 403);

    await t.round();

    expect(await pausesOf(t)).toEqual(['intake permission']);
  });

  it('is tried once a minute, and lifted by the first round that works; nothing was missed', async () => {
    const t = makeDeltaWorld();
    await t.round();
    t.delta.refused = refusal('permission', 403);
    t.delta.asked = 0;
    for (let round = 0; round < 12; round++) {
      await t.round();
      t.advance(15_000);
    }
    const askedInThreeMinutes = t.delta.asked;
    t.delta.refused = null;

    for (let round = 0; round < 5; round++) {
      await t.round();
      t.advance(15_000);
    }

    expect(askedInThreeMinutes).toBe(3);
    expect(await pausesOf(t)).toEqual([]);
    expect(t.events.map(({ event }) => event)).toEqual(['paused', 'resumed']);
    expect(t.sent[0]).toMatchObject({ kind: 'hint', hint: { user: { id: userId } } });
  });

  it('leaves a pause that looks at users have set to them', async () => {
    const t = makeDeltaWorld();
    await t.round();
    const pause = { scope: 'intake', reason: 'refused', by: 'licenser', at: t.now(), probedAt: null };
    await t.pipeline.control.pause({ ...pause, origin: 'permission' });

    await t.round();

    expect(await pausesOf(t)).toEqual(['intake permission']);
    expect(t.sent).toHaveLength(1);
  });

  it('throws what is no matter of rights', async () => {
    const t = makeDeltaWorld();
    t.delta.refused = refusal('unavailable', 503);

    await expect(t.round()).rejects.toMatchObject({ class: 'unavailable' });

    expect(await pausesOf(t)).toEqual([]);
  });
});
