import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeEngine } from '../../../src/engine/engine';
import { exportTenant } from '../../../src/engine/export-tenant';
import { assignmentsInForce } from '../../../src/engine/licensing/license-state';
import { catalogueSkus } from '../../../src/tenant/catalogue';
import { makeTenant, sampleOptions } from '../../../src/tenant/make-tenant';
import { readTenantFile } from '../../../src/tenant/read-tenant-file';
import { tenantLineSchema } from '../../../src/tenant/tenant-line';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenant-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const engineOf = (tenant: Parameters<typeof makeEngine>[0]['tenant']) => {
  const engine = makeEngine({ tenant, clock: { now: () => 0 } });
  engine.clock.stop();
  return engine;
};
const write = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('the catalogue', () => {
  it('holds at most 20 SKUs, every plan with a name', () => {
    expect(catalogueSkus.length).toBeLessThanOrEqual(20);
    for (const { servicePlans } of catalogueSkus) {
      expect(servicePlans.length).toBeGreaterThan(0);
      expect(new Set(servicePlans.map(({ servicePlanId }) => servicePlanId)).size).toBe(servicePlans.length);
    }
  });
});

describe('makeTenant', () => {
  it('gives the same tenant for the same seed, another for another', () => {
    const text = (seed: number) => JSON.stringify([...makeTenant({ users: 80, seed })]);

    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });

  it.each([100, 2_000])('makes %i users whose licenses break no rule of the tenant', (users) => {
    const { tenant } = engineOf(makeTenant({ users, seed: 5 }));

    expect(tenant.userCount).toBe(users);
    for (const user of tenant.userOrder) {
      const held = assignmentsInForce(user.version);
      const enabled = tenant.planRules.enabledPlans(tenant.skus, held);
      expect(tenant.planRules.findViolation(new Set(), enabled, [], 'classic')).toBeUndefined();
      const direct = user.version.direct.length > 0;
      expect(direct && !user.version.properties.usageLocation).toBe(false);
    }
  });

  it('has what a sample needs: scarce and ample seats, nesting, guests, disabled and unlicensed people', () => {
    const { tenant } = engineOf(makeTenant(sampleOptions));
    const free = (partNumber: string) => {
      const sku = [...tenant.skus.values()].find((entry) => entry.skuPartNumber === partNumber);
      return (sku?.prepaidUnits.enabled ?? 0) - (sku?.consumedUnits ?? 0);
    };
    const count = (test: (properties: Readonly<Record<string, unknown>>) => boolean) =>
      tenant.userOrder.filter(({ version }) => test(version.properties)).length;

    expect(tenant.userCount).toBe(300);
    expect(free('SPE_E5')).toBeLessThan(10);
    expect(free('EMS')).toBeGreaterThan(1_000);
    expect(count(({ userType }) => userType === 'Guest')).toBeGreaterThan(5);
    expect(count(({ accountEnabled }) => accountEnabled === false)).toBeGreaterThan(5);
    expect(count(({ usageLocation }) => !usageLocation)).toBeGreaterThan(50);
    expect(count(({ onPremisesSyncEnabled }) => onPremisesSyncEnabled === true)).toBeGreaterThan(100);
    expect(tenant.userOrder.some(({ version }) => version.inherited.length > 0)).toBe(true);
    expect(tenant.groupOrder.some(({ groupIds }) => groupIds.size > 0)).toBe(true);
  });
});

describe('tenant files', () => {
  it('export is import', () => {
    const lines = [...exportTenant(engineOf(makeTenant({ users: 120, seed: 9 })).tenant)];
    const path = write('round.ndjson', lines.map((line) => JSON.stringify(line)).join('\n'));

    const again = [...exportTenant(engineOf(readTenantFile(path)).tenant)];

    expect(again).toEqual(JSON.parse(JSON.stringify(lines)));
  });

  it('may be one JSON object, and leaves inherited licenses to the emulator', () => {
    const sku = {
      skuId: '30000000-0000-0000-0000-000000000000',
      skuPartNumber: 'X',
      prepaidUnits: { enabled: 5 },
      servicePlans: [],
    };
    const user = { id: '40000000-0000-0000-0000-000000000000', userPrincipalName: 'a@contoso.com' };
    const group = {
      id: '50000000-0000-0000-0000-000000000000',
      displayName: 'G',
      securityEnabled: true,
      members: [user.id],
      assignedLicenses: [{ skuId: sku.skuId }],
    };
    const tenant = {
      tenantId: '10000000-0000-0000-0000-000000000000',
      displayName: 'T',
      domains: ['contoso.com'],
      countryLetterCode: 'NL',
    };
    const path = write(
      'whole.json',
      JSON.stringify({ tenant, skus: [sku], users: [user], groups: [group] }, null, 2),
    );

    const engine = engineOf(readTenantFile(path));

    expect(engine.tenant.users.get(user.id)?.version.inherited).toMatchObject([
      { groupId: group.id, error: null },
    ]);
    expect(engine.tenant.skus.get(sku.skuId)?.consumedUnits).toBe(1);
  });

  it.each([
    ['{"type":"user","id":"nope","userPrincipalName":"x"}', /bad\.ndjson, entry 1|bad\.ndjson:1: id/],
    ['\n{"type":"sku"}', /bad\.ndjson:2: skuId/],
    ['\n\nnot json', /bad\.ndjson:3 is not JSON/],
  ])('refuses %j and says where', (text, message) => {
    expect(() => [...readTenantFile(write('bad.ndjson', text))]).toThrow(message);
  });

  it('refuses a file without a tenant, an unknown SKU and an unknown member', () => {
    const lines = [...makeTenant({ users: 5, seed: 1 })];
    const ghost = '60000000-0000-0000-0000-000000000000';
    const bad = (line: unknown) => () => engineOf([...lines, tenantLineSchema.parse(line)]);

    expect(() => engineOf(lines.slice(1))).toThrow(/no line of type "tenant"/);
    expect(
      bad({ type: 'group', id: ghost, displayName: 'G', members: ['70000000-0000-0000-0000-000000000000'] }),
    ).toThrow(/names member/);
    expect(
      bad({ type: 'user', id: ghost, userPrincipalName: 'x', assignedLicenses: [{ skuId: ghost }] }),
    ).toThrow(/does not own/);
  });
});
