import { beforeEach, describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { decided } from '../../../support/decided';
import { ems, intune, makePipelineWorld, premium } from '../../../support/pipeline-world';

const second = 1_000;
const throttled = (retryAfterMs: number) =>
  new GraphError('throttled', 'Too many requests', { status: 429, retryAfterMs });

let t: ReturnType<typeof makePipelineWorld>;
/** Reads that Graph still refuses, and how long it asks to wait. */
let refusals: { left: number; retryAfterMs: number };
const refuse = async () => {
  if (refusals.left === 0) return;
  refusals.left--;
  throw throttled(refusals.retryAfterMs);
};
beforeEach(() => {
  t = makePipelineWorld();
  refusals = { left: 0, retryAfterMs: 0 };
});

const waits = [2, 30, 150, 600];

describe('a look whose read is throttled', () => {
  it.each(waits)('comes again for as long as it takes, by no attempt (Retry-After: %d)', async (seconds) => {
    t.world.beforeRead = refuse;
    refusals = { left: 25, retryAfterMs: seconds * second };

    await t.decide();
    for (let steps = 0; refusals.left > 0; steps++) {
      if (steps > 200) throw new Error('It does not come again');
      expect(await t.step()).toBe(true);
    }
    while (await t.step());

    expect(t.failures).toEqual([]);
    expect(t.state()).toMatchObject({ outcome: 'licensed', retry: null });
    expect(t.writes).toHaveLength(1);
  });

  it('is not back before the time that Graph names', async () => {
    t.world.beforeRead = refuse;
    refusals = { left: 1, retryAfterMs: 150 * second };
    const began = t.now();

    await t.decide();

    const [next] = t.sent;
    expect(next?.kind === 'hint' && next.at - began).toBeGreaterThanOrEqual(150 * second);
  });
});

describe('an operation whose read is throttled', () => {
  it.each(waits)('is written when Graph answers, once (Retry-After: %d)', async (seconds) => {
    const operation = await decided(t);
    t.world.beforeRead = refuse;
    refusals = { left: 12, retryAfterMs: seconds * second };

    await t.apply(operation);
    while (await t.step());

    expect(t.failures).toEqual([]);
    expect(t.writes).toHaveLength(1);
    expect(t.state()?.outcome).toBe('licensed');
  });
});

describe('a verification whose read is throttled', () => {
  /** The license is written, and in service; `refused` are the reads that Graph refuses at first. */
  async function written(refused: 'details' | 'skus') {
    Object.assign(t.pipeline.settings, { verifyAfterMs: 30 * second });
    await t.decide();
    await t.step();
    const plans = [
      [intune, 'INTUNE_A', 'Disabled'],
      [premium, 'AAD_PREMIUM', 'Success'],
    ] as const;
    Object.assign(t.pipeline.directory, {
      readLicenseDetails: async () => {
        if (refused === 'details') await refuse();
        return [
          {
            skuId: ems,
            skuPartNumber: 'EMS',
            servicePlans: plans.map(([servicePlanId, servicePlanName, provisioningStatus]) => ({
              ...{ servicePlanId, servicePlanName, provisioningStatus, appliesTo: 'User' },
            })),
          },
        ];
      },
    });
    const { catalogue } = t.pipeline;
    const read = catalogue.read.bind(catalogue);
    Object.assign(catalogue, {
      read: async () => {
        if (refused === 'skus') await refuse();
        return read();
      },
    });
  }

  it.each(waits.flatMap((seconds) => [['details', seconds] as const, ['skus', seconds] as const]))(
    'of %s is no attempt and no dead letter, and verifies in the end (Retry-After: %d)',
    async (refused, seconds) => {
      await written(refused);
      refusals = { left: 3, retryAfterMs: seconds * second };

      for (let steps = 0; await t.step(); steps++) if (steps > 100) throw new Error('It never ends');

      expect(refusals.left).toBe(0);
      expect(t.state()?.verifiedAt).not.toBeNull();
      expect(t.failures).toEqual([]);
    },
  );
});
