import type { Client } from '@microsoft/microsoft-graph-client';
import { expect, it } from '@jest/globals';
import { GraphTransport } from '../../../shared/graph/graph-transport';
import { readOwnedSkus } from '../../../shared/graph/tenant/owned-skus';
import { silentLogger } from '../../../shared/kernel/logger';
import { ManualClock } from '../../support/manual-clock';

const ids = [1, 2, 3].map((number) => `AAAAAAAA-0000-4000-8000-00000000000${String(number)}`);

/** What is read of a tenant that lists these SKUs. */
function read(...rows: readonly object[]) {
  const get = async () => new Response(JSON.stringify({ value: rows }));
  const call = { headers: () => call, option: () => call, responseType: () => call, get };
  const client = { api: () => call } as unknown as Client;
  const options = { clock: new ManualClock(), random: () => 0.5, logger: silentLogger };
  return readOwnedSkus(new GraphTransport(client, options));
}

it('a SKU of a state that no page of Microsoft names cannot be assigned, and what Graph leaves out is nothing', async () => {
  const { skus, tenantId, skipped } = await read(
    {
      skuId: ids[0],
      skuPartNumber: 'A',
      capabilityStatus: 'Warning',
      appliesTo: 'User',
      accountId: 'tenant',
    },
    { skuId: ids[1], skuPartNumber: 'B', capabilityStatus: 'Strange', prepaidUnits: { enabled: 5 } },
    { skuId: ids[2], skuPartNumber: 'C', servicePlans: [{ servicePlanId: ids[0], servicePlanName: 'P' }] },
    { skuId: 'no id', skuPartNumber: 'D' },
  );

  expect(skus.map(({ capabilityStatus, appliesTo }) => [capabilityStatus, appliesTo])).toEqual([
    ['Warning', 'User'],
    ['Suspended', 'Company'],
    ['Suspended', 'Company'],
  ]);
  expect(skus[0]).toMatchObject({ skuId: ids[0]?.toLowerCase(), servicePlans: [] });
  expect(skus[1]?.prepaidUnits).toEqual({ enabled: 5, suspended: 0, warning: 0, lockedOut: 0 });
  expect(skus[2]?.servicePlans).toEqual([
    {
      ...{ servicePlanId: ids[0]?.toLowerCase(), servicePlanName: 'P' },
      ...{ appliesTo: 'Company', provisioningStatus: 'Success' },
    },
  ]);
  expect([tenantId, skipped]).toEqual(['tenant', 1]);
});
