import { beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeTableStores } from '../../../shared/store/tables/table-stores';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';
import { ManualClock } from '../../support/manual-clock';
import type { LeaseStore } from '../../../shared/store/ports/lease-store';

let azurite: LentTables;
let leases: LeaseStore;
const clock = new ManualClock(1_000_000);
beforeAll(async () => {
  azurite = await leaseTables();
  leases = makeTableStores({ ...azurite, clock, random: seededRandom(1), logger: silentLogger }).leases;
});

describe('TableLeaseStore', () => {
  it('gives a lease to one holder at a time', async () => {
    const first = await leases.take('drain', 'a', 10_000);
    const second = await leases.take('drain', 'b', 10_000);

    expect([first, second]).toEqual([true, false]);
  });

  it('lets a holder prolong its lease, and others have it once it is over', async () => {
    await leases.take('census', 'a', 10_000);
    clock.advance(9_000);
    const prolonged = await leases.take('census', 'a', 10_000);
    clock.advance(9_000);
    const early = await leases.take('census', 'b', 10_000);
    clock.advance(1_001);

    const late = await leases.take('census', 'b', 10_000);

    expect([prolonged, early, late]).toEqual([true, false, true]);
    expect(await leases.take('census', 'a', 10_000)).toBe(false);
  });

  it('gives a lease back, but only for its holder', async () => {
    await leases.take('feeder', 'a', 10_000);

    await leases.release('feeder', 'b');
    const meanwhile = await leases.take('feeder', 'b', 10_000);
    await leases.release('feeder', 'a');

    expect(meanwhile).toBe(false);
    expect(await leases.take('feeder', 'b', 10_000)).toBe(true);
  });

  it('keeps names apart, whatever characters they have', async () => {
    expect(await leases.take('drain/a#1', 'a', 10_000)).toBe(true);
    expect(await leases.take('drain/a#2', 'b', 10_000)).toBe(true);
  });

  it('serves one of many who come at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => leases.take('rush', `holder ${index}`, 10_000)),
    );

    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('releases a lease that is not held, without an error', async () => {
    await expect(leases.release('not-held', 'a')).resolves.toBeUndefined();
  });
});
