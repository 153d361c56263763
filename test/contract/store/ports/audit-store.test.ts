import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../shared/kernel/clock';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import type { AuditStore } from '../../../../shared/store/ports/audit-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import type { AuditEntry } from '../../../../shared/words/audit-entry';

let azurite: LentTables;
let audit: AuditStore;
beforeAll(async () => {
  azurite = await leaseTables();
  audit = makeTableStores({
    ...azurite,
    clock: systemClock,
    random: seededRandom(1),
    logger: silentLogger,
  }).audit;
  for (const at of [20, 10, 30, 20]) await audit.record(entry(at));
});

const entry = (at: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at,
  by: 'ann',
  action: 'failure/dismiss',
  subject: 'permission',
  why: 'known, and "quoted" – with ümlauts',
  facts: { count: 2, users: ['a', 'b'] },
  ...more,
});

async function times(options?: { since?: number; limit?: number }): Promise<number[]> {
  const found: number[] = [];
  for await (const { at } of audit.list(options)) found.push(at);
  return found;
}

describe('TableAuditStore', () => {
  it('lists the newest first, also when two were recorded in the same millisecond', async () => {
    expect(await times()).toEqual([30, 20, 20, 10]);
  });

  it.each([
    { name: 'since a time, inclusive', options: { since: 20 }, expected: [30, 20, 20] },
    { name: 'since just after a time', options: { since: 21 }, expected: [30] },
    { name: 'so many at most', options: { limit: 2 }, expected: [30, 20] },
    { name: 'none at all', options: { limit: 0 }, expected: [] },
  ])('lists $name', async ({ options, expected }) => {
    expect(await times(options)).toEqual(expected);
  });

  it('gives back what was recorded', async () => {
    const recorded = entry(Date.UTC(2026, 10, 22), { why: null, subject: 'lane:4' });

    await audit.record(recorded);

    for await (const found of audit.list({ limit: 1 }))
      expect(found).toEqual({ ...recorded, key: expect.any(String) });
  });

  it('says how what was asked has ended, once', async () => {
    const asked = entry(Date.UTC(2026, 10, 23), { result: 'asked' });
    const key = await audit.record(asked);
    await audit.amend(key, { result: 'refused', facts: { status: 409 } });
    await audit.amend(key, { result: 'refused', facts: { status: 500 } });

    for await (const found of audit.list({ limit: 1 })) {
      expect(found).toMatchObject({ key, action: asked.action, result: 'refused', facts: { status: 409 } });
    }
  });

  it('keeps both ends of what first failed and then was done', async () => {
    const at = Date.UTC(2026, 10, 24);
    const key = await audit.record(entry(at, { result: 'asked' }));
    await audit.amend(key, { result: 'failed' });
    await audit.amend(key, { result: 'done' });

    const results = [];
    for await (const found of audit.list({ limit: 2 })) if (found.at === at) results.push(found.result);
    expect(results.sort()).toEqual(['done', 'failed']);
  });
});
