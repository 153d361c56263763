import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../shared/kernel/logger';
import { compilePolicy } from '../../../shared/pipeline/sources/policy-file';
import { judgeTenant } from '../../../rehearsal/judge/judge-tenant';
import { rehearse } from '../../../rehearsal/rehearse';
import { ProductWorld } from '../../../rehearsal/world/product-world';
import { options, policyText, startAt, tenantOf } from '../../support/rehearsed-tenant';

describe('rehearse', () => {
  it('licenses the tenant and the joiners of a day, holds what guards hold, and loses no user', async () => {
    const done = await rehearse(options());

    expect(done).toMatchObject({ days: 1, lost: 0, waiting: 0, failed: 0, users: 44 });
    const { licensed, waiting, blocked, held, nothing, outOfScope, grace, pinned, failed, lost } = done;
    expect(licensed + waiting + blocked + held + nothing + outOfScope + grace + pinned + failed + lost).toBe(
      done.users,
    );
    expect(done.licensed).toBeGreaterThan(30);
    // Three people leave; the guard lets one of them be reduced, and licenses that were given by hand are left alone.
    expect(done.reductions).toBe(1);
    expect(done.held).toBeGreaterThan(0);
    const { p50, max } = done.timeToLicensedMs;
    expect(p50).toBeGreaterThan(500);
    expect(max).toBeLessThan(60_000);
    const sku = done.skus.find(({ skuPartNumber }) => skuPartNumber === 'EMS');
    expect(done.cost?.after).toBeCloseTo(10.6 * (sku?.takenAfter ?? 0));
    expect(done.cost?.before).toBeCloseTo(10.6 * (sku?.takenBefore ?? 0));
  });

  it('refuses a policy that cannot be used', async () => {
    await expect(rehearse(options({ policy: { name: 'p.yaml', text: 'version: 2' } }))).rejects.toThrow(
      /p\.yaml/,
    );
  });
});

describe('judgeTenant', () => {
  it('finds the users whom a product that writes nothing has lost', async () => {
    const world = new ProductWorld({
      tenant: tenantOf(12, 100),
      policyFile: { path: 'p.yaml', read: async () => policyText },
      seed: 1,
      startAt,
      logger: silentLogger,
    });
    const by = { origin: 'operator', reason: 'a test', by: 'a test', at: startAt, probedAt: null } as const;
    await world.stores.control.pause({ scope: 'apply', ...by });
    world.start();
    await world.time.run(300_000);
    world.stop();

    const { users, counts, concerned } = await judgeTenant(world, compilePolicy(policyText, 'p.yaml'));
    world.close();

    expect(users).toBe(12);
    expect(counts.lost).toBeGreaterThan(5);
    expect(concerned.filter(({ verdict }) => verdict === 'lost')).toHaveLength(counts.lost);
  });
});
