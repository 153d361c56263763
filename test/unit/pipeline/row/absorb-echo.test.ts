import { describe, expect, it } from '@jest/globals';
import { decided } from '../../../support/decided';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';

type World = ReturnType<typeof makePipelineWorld>;

function countReads(t: World): () => number {
  let reads = 0;
  t.world.beforeRead = async () => {
    reads++;
  };
  return () => reads;
}

describe('a hint about a user whose operation is in its lane', () => {
  it.each(['notification', 'delta'] as const)('by %s needs no look: apply will read', async (source) => {
    const t = makePipelineWorld();
    await decided(t);
    const reads = countReads(t);
    t.advance(60_000);

    await t.hear({ source });

    expect(reads()).toBe(0);
    expect(t.sent).toEqual([]);
  });

  it('makes an apply begin anew that had just read the user', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    let reads = 0;
    t.world.beforeRead = async () => {
      reads++;
      if (reads > 1) return;
      // Heard after this read, before the write.
      const change = async () => {
        t.world.onQuota = async () => undefined;
        t.world.beforeCommit = async () => undefined;
        t.advance(3_000);
        await t.hear({ source: 'notification' });
        t.world.user.properties['department'] = 'Legal';
      };
      t.world.beforeCommit = change;
    };

    await t.apply(operation);

    expect(reads).toBe(2);
    expect(t.writes).toEqual([]);
    expect(t.state()?.outcome).toBe('nothing');
  });

  it('costs nothing but a read of the row when it is older than that decision', async () => {
    const t = makePipelineWorld();
    const seenAt = new Date(t.now()).toISOString();
    t.advance(10_000);
    await decided(t);
    t.world.beforeCommit = async () => {
      throw new Error('Nothing is to be stored');
    };

    await expect(t.hear({ source: 'delta', seenAt })).resolves.toBeUndefined();
  });

  it('is looked at when an operator asks, or when the operation has been away for long', async () => {
    const t = makePipelineWorld();
    await decided(t);
    const reads = countReads(t);

    await t.hear({ source: 'operator' });
    expect(reads()).toBe(1);
    t.advance(11 * 60_000);
    await t.hear({ source: 'delta' });

    expect(reads()).toBe(2);
  });

  it('is looked at once apply has found nothing to do', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.user.properties['department'] = 'Legal';
    await t.apply(operation);
    // The look for what apply did not find.
    expect(t.sent.splice(0)).toMatchObject([{ kind: 'hint' }]);
    t.advance(60_000);
    t.world.user.properties['department'] = 'Sales';

    await t.hear({ source: 'delta' });

    expect(t.sent).toMatchObject([{ kind: 'operation' }]);
  });
});

describe('a hint about a user who is being written', () => {
  it('is put off without touching the row, and seen a moment later', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      await t.hear({ source: 'notification' });
    };
    const reads = countReads(t);

    await t.apply(operation);

    expect(reads()).toBe(1);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { user: { id: userId }, source: 'notification' } }]);
    while (await t.step());
    expect(reads()).toBe(2);
    expect(t.writes).toHaveLength(1);
  });
});
