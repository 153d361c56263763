import { describe, expect, it } from '@jest/globals';
import { rehearse } from '../../../rehearsal/rehearse';
import { options, tenantOf } from '../../support/rehearsed-tenant';

describe('rehearse', () => {
  it('comes to the same for the same seed', async () => {
    const small = { tenant: tenantOf(20, 100), people: { joiners: 2, movers: 1, leavers: 1 } };
    const [first, second] = [await rehearse(options(small)), await rehearse(options(small))];

    expect(second).toEqual(first);
  });

  it('names who waits for a seat, and with prices of a file what it costs', async () => {
    const done = await rehearse(
      options({
        tenant: tenantOf(40, 5),
        prices: new Map([['ems', 20]]),
        people: { joiners: 2, movers: 0, leavers: 0 },
      }),
    );

    expect(done.lost).toBe(0);
    expect(done.waiting).toBeGreaterThan(5);
    expect(done.concerned.filter(({ verdict }) => verdict === 'waiting')).toHaveLength(done.waiting);
    const sku = done.skus.find(({ skuPartNumber }) => skuPartNumber === 'EMS');
    expect(sku?.takenAfter).toBe(sku?.seats);
    expect(done.cost?.after).toBe(20 * (sku?.seats ?? 0));
  });

  it('carries out what a person approves the next morning, as a rollout', async () => {
    const given = { people: { joiners: 0, movers: 0, leavers: 3 }, days: 2 };
    const held = await rehearse(options(given));
    const approved = await rehearse(options({ ...given, approves: true }));

    expect(held.held).toBeGreaterThan(0);
    expect(approved.held).toBeLessThan(held.held);
    expect(approved.reductions).toBeGreaterThan(held.reductions);
    expect([held.lost, approved.lost]).toEqual([0, 0]);
  });
});
