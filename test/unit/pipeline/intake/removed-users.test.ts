import { describe, expect, it } from '@jest/globals';
import type { DeltaPage } from '../../../../shared/graph/directory';
import { toUserId } from '../../../../shared/kernel/ids';
import type { Hint } from '../../../../shared/queue/messages';
import { walkDelta } from '../../../../shared/pipeline/intake/walk-delta';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { pause, resume, runFor } from '../support/pausing';
import { decided } from '../../../support/decided';
import { ems, makePipelineWorld } from '../../../support/pipeline-world';

const minute = 60_000;
const id = (number: number) => toUserId(`dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}`);
type Change = DeltaPage['changes'][number];
const changed = (number: number): Change => ({ kind: 'changed', id: id(number) });
const removed = (number: number): Change => ({ kind: 'removed', id: id(number), reason: 'deleted' });

/** Who is looked at after a page of the deltas, and whether as removed. */
async function hintsOf(changes: readonly Change[]) {
  const t = makePipelineWorld();
  const pages: DeltaPage[] = [];
  const services = {
    ...t.pipeline,
    cursors: makeMemoryCursors(t.now),
    quota: { ...t.pipeline.quota, ratePerSecond: () => 16 },
    directory: {
      ...t.pipeline.directory,
      deltaFromNow: async () => 'link@1',
      deltaPage: async () => pages.shift() ?? { changes: [], deltaLink: 'link@3' },
    },
  } as unknown as typeof t.pipeline;
  await walkDelta(services, t.task);
  pages.push({ changes, deltaLink: 'link@2' });
  await walkDelta(services, t.task);
  return t.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint] : []));
}

describe('a page of the deltas', () => {
  it.each<[string, readonly Change[], readonly (readonly [number, boolean])[]]>([
    ['of one who was deleted', [removed(1)], [[1, true]]],
    ['of one who was changed', [changed(1)], [[1, false]]],
    [
      'of both',
      [removed(1), changed(2)],
      [
        [1, true],
        [2, false],
      ],
    ],
    ['of one who was deleted and restored', [removed(1), changed(1)], [[1, false]]],
    ['of one who was changed and deleted, in any order', [changed(1), removed(1)], [[1, false]]],
    ['that says so twice', [removed(1), removed(1)], [[1, true]]],
  ])('tells the look %s', async (_what, changes, expected) => {
    const hints = await hintsOf(changes);

    expect(hints.map((hint) => [hint.user.id, hint.removed === true])).toEqual(
      expected.map(([number, isRemoved]) => [id(number), isRemoved]),
    );
  });

  it('of 1,500 who were deleted tells each look', async () => {
    const hints = await hintsOf(Array.from({ length: 1_500 }, (_, number) => removed(number)));

    expect(hints).toHaveLength(1_500);
    expect(hints.filter((hint) => hint.removed === true)).toHaveLength(1_500);
  });
});

describe('the look at one who was deleted', () => {
  /** How often Graph is asked for the user. */
  const counting = (t: ReturnType<typeof makePipelineWorld>) => {
    const reads = { count: 0 };
    t.world.beforeRead = async () => void reads.count++;
    return reads;
  };

  it.each<[string, (t: ReturnType<typeof makePipelineWorld>) => Promise<void>]>([
    [
      'who was licensed',
      async (t) => {
        await t.decide();
        while (await t.step());
      },
    ],
    [
      'who was out of scope',
      async (t) => {
        t.world.user.properties['department'] = 'Legal';
        await t.decide();
        while (await t.step());
      },
    ],
    [
      'who waits for a seat',
      async (t) => {
        Object.assign(t.world.seats, { enabled: 0, consumed: 0 });
        await t.decide();
        expect(await t.waiting.skus()).toEqual([ems]);
      },
    ],
    ['whose operation is on its way', async (t) => void (await decided(t))],
  ])('costs no read: %s', async (_what, prepare) => {
    const t = makePipelineWorld();
    await prepare(t);
    t.advance(10 * minute);
    const reads = counting(t);

    await t.hear({ removed: true });

    expect(reads.count).toBe(0);
    expect(t.state()).toMatchObject({ outcome: 'outOfScope', reasons: [{ code: 'user/gone' }], retry: null });
    expect(await t.waiting.skus()).toEqual([]);
  });

  it('is a read where a write is under way: its license must not be lost to the ledger', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      throw new Error('the process ends here');
    };
    await expect(t.apply(operation)).rejects.toThrow('the process ends here');
    expect(t.state()?.intent).not.toBeNull();
    t.advance(10 * minute);
    const reads = counting(t);

    await t.hear({ removed: true });
    while (await t.step());

    expect(reads.count).toBeGreaterThan(0);
    expect(t.ledger()).toMatchObject([{ skuId: ems }]);
  });

  it.each<[string, number, boolean]>([
    ['a look that came after the news', -minute, true],
    ['a look of the same second', 0, true],
    ['a look of an hour before', 60 * minute, false],
  ])('goes by %s', async (_what, newsAfterMs, isRead) => {
    const t = makePipelineWorld();
    await t.decide();
    while (await t.step());
    t.advance(2 * 60 * minute);
    // What it finds is news, so that the row knows of it.
    t.world.user.properties['department'] = 'Legal';
    await t.decide(t.hint({ source: 'operator' }));
    const seenAt = new Date(t.now() + newsAfterMs).toISOString();
    t.advance(30 * minute);
    t.sent.length = 0;
    const reads = counting(t);

    await t.hear({ removed: true, seenAt });
    while (await t.step());

    expect(reads.count > 0).toBe(isRead);
  });
});

describe('a removal that is handled late', () => {
  type World = ReturnType<typeof makePipelineWorld>;
  const licensed = async (t: World) => {
    await t.decide();
    while (await t.step());
    // The first look after our own write is stored.
    t.advance(10 * minute);
    await byOperator(t);
  };
  const waiting = async (t: World) => {
    Object.assign(t.world.seats, { enabled: 0, consumed: 0 });
    await t.decide();
    t.sent.length = 0;
  };
  const byOperator = (t: World) => t.hear({ source: 'operator' });
  const byNotification = (t: World) => t.hear({ source: 'notification' });
  const removalOf = (t: World) => ({ removed: true, seenAt: new Date(t.now()).toISOString() });

  it.each<[string, (t: World) => Promise<void>, (t: World) => Promise<void>, Partial<Hint>]>([
    ['is licensed, looked at by an operator', licensed, byOperator, {}],
    ['is licensed, looked at after reports', licensed, byNotification, {}],
    ['waits, looked at by an operator', waiting, byOperator, {}],
    ['waits, looked at after reports', waiting, byNotification, {}],
    ['waits, in a crowd', waiting, byNotification, { crowd: true }],
  ])('takes nothing from one who is back and %s', async (_who, prepare, look, extra) => {
    const t = makePipelineWorld();
    await prepare(t);
    t.advance(60 * minute);
    // Reported, looked at, and looked at again; the third look for it is still to come.
    await byNotification(t);
    await t.step();
    t.advance(20_000);
    const removal = removalOf(t);
    t.advance(10_000);
    const row = t.state();
    await look(t);
    // The look has left no trace.
    expect(t.state()).toEqual(row);
    const places = t.waiting.entries();
    t.advance(10_000);

    await t.hear({ ...removal, ...extra });

    expect(t.state()).toEqual(row);
    expect(t.waiting.entries()).toEqual(places);
    expect(places).toHaveLength(prepare === waiting ? 1 : 0);
  });

  it('is read when a pause held it up', async () => {
    const t = makePipelineWorld();
    await waiting(t);
    t.advance(60 * minute);
    const places = t.waiting.entries();
    await pause(t, 'intake');
    await t.hear(removalOf(t));
    await runFor(t, 5 * minute);
    await resume(t, 'intake');
    expect(t.sent).toMatchObject([{ hint: { removed: true } }]);
    await byOperator(t);

    await t.step();

    expect([t.state()?.outcome, t.waiting.entries()]).toEqual(['waiting', places]);
  });

  it('takes nothing when it comes a second time', async () => {
    const t = makePipelineWorld();
    await licensed(t);
    t.advance(60 * minute);
    const removal = removalOf(t);
    await t.hear(removal);
    expect(t.state()?.reasons[0]?.code).toBe('user/gone');
    t.advance(minute);
    await t.hear();
    expect(t.state()?.outcome).toBe('licensed');

    await t.hear(removal);

    expect(t.state()).toMatchObject({ outcome: 'licensed', missingSince: null });
    expect(t.ledger()).toMatchObject([{ skuId: ems }]);
  });

  it('says of one who is not back that they are gone, and their place is free', async () => {
    const t = makePipelineWorld();
    await waiting(t);
    t.advance(60 * minute);
    const removal = removalOf(t);
    t.world.user.isThere = false;
    t.advance(minute);

    let reads = 0;
    t.world.beforeRead = async () => void reads++;
    await t.hear(removal);

    // Graph has said it, and does not find the user: one read is enough.
    expect(reads).toBe(1);
    expect(t.state()).toMatchObject({ outcome: 'outOfScope', reasons: [{ code: 'user/gone' }], retry: null });
    expect(t.waiting.entries()).toEqual([]);
  });

  it.each<[string, (t: World) => Promise<void>, Partial<Hint>]>([
    ['of a crowd of leavers', licensed, { crowd: true }],
    [
      'whom the last look did not find',
      async (t) => {
        await waiting(t);
        t.world.user.isThere = false;
        await t.hear();
        expect(t.state()?.missingSince).not.toBeNull();
      },
      {},
    ],
  ])('costs no read: of one %s', async (_who, prepare, extra) => {
    const t = makePipelineWorld();
    await prepare(t);
    t.advance(minute);
    const removal = removalOf(t);
    t.advance(5 * minute);
    let reads = 0;
    t.world.beforeRead = async () => void reads++;

    await t.hear({ ...removal, ...extra });

    expect([reads, t.state()?.reasons[0]?.code]).toEqual([0, 'user/gone']);
  });
});
