import { describe, expect, it } from '@jest/globals';
import { isoTime } from '../../../../shared/kernel/clock';
import { toGroupId } from '../../../../shared/kernel/ids';
import { decided } from '../../../support/decided';
import { intune, makePipelineWorld, userId } from '../../../support/pipeline-world';

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

  it.each(['notification', 'delta'] as const)(
    'by %s is looked at when the user was deleted and is back within minutes: that operation found none',
    async (source) => {
      const t = makePipelineWorld();
      const operation = await decided(t);
      t.world.user.isThere = false;
      await t.apply(operation);
      t.advance(60_000);
      await t.hear({ source: 'delta', removed: true, seenAt: new Date(t.now()).toISOString() });
      expect(t.state()?.outcome).toBe('outOfScope');
      t.advance(120_000);
      t.world.user.isThere = true;
      t.sent.splice(0);

      await t.hear({ source, seenAt: new Date(t.now()).toISOString() });

      expect(t.sent).toMatchObject([{ kind: 'operation' }]);
    },
  );
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

describe('a late hint about our own write, as in a bulk, where reports wait longer than the looks', () => {
  const policyText = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
  - name: group
    memberOf: [SG-Sales]
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

  /** Written, and read again for late memberships: nothing is due any more. */
  async function settled() {
    const t = makePipelineWorld();
    t.world.policyText = policyText;
    t.world.tenantGroups = [
      { id: toGroupId('cccccccc-0000-4000-8000-000000000001'), displayName: 'SG-Sales' },
    ];
    t.world.user.groups = [];
    await t.apply(await decided(t));
    const writtenAt = t.now();
    t.hold([intune]);
    while (await t.step());
    expect(t.state()).toMatchObject({ outcome: 'licensed', retry: null });
    return { t, writtenAt, readAt: t.state()?.decidedAt ?? 0, reads: countReads(t) };
  }

  it.each(['notification', 'delta'] as const)('by %s needs no other look', async (source) => {
    const { t, writtenAt, reads } = await settled();
    t.advance(10_000);
    const before = t.state();

    await t.hear({ source, seenAt: isoTime(writtenAt + 2_000) });

    expect(reads()).toBe(0);
    expect(t.sent).toEqual([]);
    expect(t.state()).toEqual(before);
  });

  it('is followed by one when the last look came seconds after the report', async () => {
    const t = makePipelineWorld();
    await t.apply(await decided(t));
    const writtenAt = t.now();
    t.hold([intune]);
    t.advance(10_000);
    await t.hear({ source: 'operator' });
    expect(t.state()).toMatchObject({ outcome: 'licensed', retry: null, decidedAt: t.now() });
    t.advance(10_000);

    await t.hear({ source: 'delta', seenAt: isoTime(writtenAt + 2_000) });

    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { source: 'retry' } }]);
  });

  it('is read when it was reported after that look', async () => {
    const { t, readAt, reads } = await settled();
    t.advance(10_000);

    await t.hear({ source: 'delta', seenAt: isoTime(readAt + 6_000) });

    expect(reads()).toBe(1);
  });
});
