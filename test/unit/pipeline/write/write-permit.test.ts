import { describe, expect, it } from '@jest/globals';
import { WritePermit } from '../../../../shared/pipeline/write/write-permit';
import { makePipelineWorld } from '../../../support/pipeline-world';
import type { WriteQuota } from '../../../../shared/quota/write-quota';

function makeQuota() {
  const calls: string[] = [];
  const quota: WriteQuota = {
    acquire: async (kind, writes) => void calls.push(`acquire ${kind} ${writes}`),
    giveBack: (kind, writes) => void calls.push(`give back ${kind} ${writes}`),
    isClosed: () => false,
    ratePerSecond: () => 16,
    backOff: async () => undefined,
    succeeded: () => undefined,
  };
  return { quota, calls };
}

describe('WritePermit', () => {
  it('acquires only what it lacks and gives back what it did not use', async () => {
    const { quota, calls } = makeQuota();
    const permit = new WritePermit(quota, 'bulk');

    await permit.take(1);
    await permit.take(2);
    await permit.take(2);
    permit.use();
    permit.giveBack();
    permit.giveBack();

    expect(calls).toEqual(['acquire bulk 1', 'acquire bulk 1', 'give back bulk 1']);
  });
});

describe('apply and its quota', () => {
  it('waits for it before it reads the user, so that one read is enough however long it takes', async () => {
    const t = makePipelineWorld();
    await t.decide();
    let reads = 0;
    t.world.beforeRead = async () => {
      reads++;
    };
    t.world.onQuota = async () => {
      expect(reads).toBe(0);
      t.advance(60_000);
    };

    while (await t.step());

    expect(t.writes).toHaveLength(1);
    expect(reads).toBe(1);
  });

  it('gives it back when there is nothing to write', async () => {
    const t = makePipelineWorld();
    await t.decide();
    let given = 0;
    t.pipeline.quota.giveBack = (_kind, writes) => {
      given += writes;
    };
    t.world.user.properties['department'] = 'Legal';

    while (await t.step());

    expect(t.writes).toEqual([]);
    expect(given).toBe(1);
  });

  it('writes nothing while Graph wants no writes, and tries again', async () => {
    const t = makePipelineWorld();
    await t.decide();
    let asked = 0;
    t.pipeline.quota.isClosed = () => ++asked < 3;

    while (await t.step());

    expect(asked).toBe(3);
    expect(t.writes).toHaveLength(1);
    expect(t.state()?.tries).toBe(1);
  });
});
