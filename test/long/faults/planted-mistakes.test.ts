import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../support/local-cloud';
import { plant, runCampaign } from '../../support/faults/planted-build';
import type { Patch } from '../../support/faults/planted-build';

/** As many days as it may take to find a mistake. */
const days = { runs: 50, seed: 1 };
const apply = 'shared/pipeline/handlers/apply-user.ts';
const look = 'shared/pipeline/look/look-at-user.ts';
const decision =
  '  const { operation } = seen.decision;\n  if (operation === undefined || seen.isObserving) {';

type Planted = {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly kinds: readonly string[];
  /** Days that must find it; default: one. */
  readonly least?: number;
};

const planted: readonly Planted[] = [
  {
    name: 'no read before the write: what the process read of the user within five minutes is believed',
    patches: [
      {
        file: look,
        from: '    services.directory.readUser(record.userId, withNames(policies.needs)),',
        to: '    readOnce(services, record.userId, withNames(policies.needs)),',
      },
      {
        file: look,
        from: 'const noGrants: ReadonlySet<SkuId> = new Set();',
        to: `const noGrants: ReadonlySet<SkuId> = new Set();
const kept = new WeakMap<object, Map<string, { at: number; read: unknown }>>();
async function readOnce(services: any, userId: string, needs: unknown): Promise<any> {
  const reads = kept.get(services.directory) ?? new Map();
  kept.set(services.directory, reads);
  const now = services.clock.now();
  const known = reads.get(userId);
  if (known !== undefined && now - known.at < 300_000) return known.read;
  const read = await services.directory.readUser(userId, needs);
  reads.set(userId, { at: now, read });
  return read;
}`,
      },
    ],
    kinds: ['wronglyGiven', 'wronglyRemoved', 'lost'],
  },
  {
    name: 'the delta link is stored before the hints are sent',
    patches: [
      {
        file: 'shared/pipeline/intake/walk-delta.ts',
        from: "    await sendLooks(services, task, ids, 'delta', round.seen > bulkSize, { removed });\n",
        to: '',
      },
      {
        file: 'shared/pipeline/intake/walk-delta.ts',
        from: '    if (isLast) return;\n  }',
        to: `    await sendLooks(services, task, ids, 'delta', round.seen > bulkSize, { removed });
    if (isLast) return;
  }`,
      },
    ],
    kinds: ['lost'],
    // A quarter of the days do.
    least: 5,
  },
  {
    name: 'the operation of an intent that is still open is sent again',
    patches: [
      {
        file: apply,
        from: decision,
        to: `  const open = record.state?.intent ?? undefined;
  const stored = open && {
    kind: 'swap' as const,
    add: open.add,
    remove: open.remove,
    ...(open.usageLocation === null ? {} : { usageLocation: open.usageLocation }),
  };
  const operation = stored ?? seen.decision.operation;
  if (operation === undefined || seen.isObserving) {`,
      },
    ],
    kinds: ['wronglyGiven', 'wronglyRemoved'],
  },
  {
    name: 'the operation of the message is written',
    patches: [
      { file: apply, from: decision, to: decision.replace('seen.decision', '{ operation: work.sent }') },
      {
        file: apply,
        from: '    permit: new WritePermit(services.quota, kind),',
        to: '    permit: new WritePermit(services.quota, kind), sent: message.operation,',
      },
    ],
    kinds: ['wronglyGiven', 'wronglyRemoved'],
  },
];

describe('the campaign finds mistakes that are planted in the product within 50 days', () => {
  it('and nothing in the product as it is', () => {
    const result = runCampaign(join(projectRoot, 'dist'), days);
    expect(result).toMatchObject({ failedSeeds: [], runs: 50 });
  });

  it.each(planted)('$name', ({ name, patches, kinds, least = 1 }) => {
    const folder = plant(name.replace(/\W+/g, '-').slice(0, 40), patches);
    const result = runCampaign(folder, days);
    expect(result.failedSeeds.length).toBeGreaterThanOrEqual(least);
    expect(kinds.filter((kind) => Number(result[kind]) > 0)).not.toEqual([]);
  });
});
