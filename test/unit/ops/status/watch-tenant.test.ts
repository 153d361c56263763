import { describe, expect, it } from '@jest/globals';
import type { FoundGroup } from '../../../../shared/graph/directory';
import { toGroupId, toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import { watchTenant } from '../../../../shared/ops/status/watch-tenant';
import type { SubscribedSku } from '../../../../shared/words/sku';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';

const minute = 60_000;
const sales: FoundGroup = {
  id: toGroupId('cccccccc-0000-4000-8000-000000000001'),
  displayName: 'SG-Sales',
  securityEnabled: true,
};
const visio: SubscribedSku = {
  skuId: toSkuId('c5928f49-12ba-48f7-ada3-0d743a3601d5'),
  skuPartNumber: 'VISIOCLIENT',
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  enabledUnits: 5,
  consumedUnits: 0,
  servicePlans: [
    {
      servicePlanId: toServicePlanId('663a804f-1c30-4ff0-9915-9db84f0d1cea'),
      servicePlanName: 'VISIO_CLIENT_SUBSCRIPTION',
      appliesTo: 'User',
      provisioningStatus: 'Success',
    },
  ],
};
const policyText = `version: 1
rules:
  - name: by-group
    memberOf: [SG-Sales]
    assign: [{ sku: EMS }, { sku: VISIOCLIENT }]
`;

/** A tenant that is watched each minute; one user is blocked. */
async function makeWatched() {
  const t = makePipelineWorld();
  t.world.policyText = policyText;
  t.world.tenantGroups = [sales];
  t.world.moreSkus = [visio];
  const cursors = makeMemoryCursors(t.now);
  const learnt: unknown[] = ['a conflict'];
  const services = {
    ...t.pipeline,
    cursors,
    attention: {
      list: async function* () {
        yield { userId, userPrincipalName: null, since: 0, skus: [], reason: null };
      },
    },
    learntConflictStore: { list: async () => learnt },
    quota: { ...t.pipeline.quota, ratePerSecond: () => 16 },
  } as unknown as Parameters<typeof watchTenant>[0];
  const watch = async () => {
    t.sent.length = 0;
    t.events.length = 0;
    t.advance(2 * minute);
    await watchTenant(services, t.task);
    return {
      lookedAt: t.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint.user.id] : [])),
      named: t.events.map(({ event, subject }) => [event, subject]),
    };
  };
  await watch();
  return { t, watch, learnt, cursors, services };
}
const quiet = { lookedAt: [], named: [] };

describe('the tenant, watched each minute', () => {
  it('says nothing while nothing changes', async () => {
    const { watch } = await makeWatched();

    expect(await watch()).toEqual(quiet);
  });

  it('reports a group that a policy names and that is gone, once', async () => {
    const { t, watch } = await makeWatched();
    t.world.tenantGroups = [];

    expect(await watch()).toEqual({ lookedAt: [], named: [['names', 'policy/unknown-group']] });
    expect(t.events[0]?.reason.text).toContain('SG-Sales');
    expect(await watch()).toEqual(quiet);
  });

  it('reports a SKU that a policy names and that is gone, once', async () => {
    const { t, watch } = await makeWatched();
    t.world.moreSkus = [];

    expect((await watch()).named).toEqual([['names', 'policy/unknown-sku']]);
    expect(await watch()).toEqual(quiet);
  });

  it('reports what it found at its first look, and looks at no user', async () => {
    const { t, cursors, services } = await makeWatched();
    t.world.tenantGroups = [];
    cursors.rows.clear();
    t.events.length = 0;
    t.sent.length = 0;
    t.advance(2 * minute);

    await watchTenant(services, t.task);

    expect(t.events.map(({ event }) => event)).toEqual(['names']);
    expect(t.sent).toEqual([]);
  });

  it('looks at blocked users when the group is there again', async () => {
    const { t, watch } = await makeWatched();
    t.world.tenantGroups = [];
    await watch();
    t.world.tenantGroups = [sales];

    expect(await watch()).toEqual({ lookedAt: [userId], named: [] });
    expect(await watch()).toEqual(quiet);
  });

  it('looks at them when a SKU is there again', async () => {
    const { t, watch } = await makeWatched();
    t.world.moreSkus = [];
    await watch();
    t.world.moreSkus = [visio];

    expect((await watch()).lookedAt).toEqual([userId]);
  });

  it('looks at them when a subscription is renewed', async () => {
    const { t, watch } = await makeWatched();
    t.world.moreSkus = [{ ...visio, capabilityStatus: 'Suspended' }];
    await watch();
    t.world.moreSkus = [visio];

    expect((await watch()).lookedAt).toEqual([userId]);
  });

  it('looks at them when a learnt conflict is forgotten, not when one is learnt', async () => {
    const { watch, learnt } = await makeWatched();
    learnt.push('another');
    expect((await watch()).lookedAt).toEqual([]);
    learnt.pop();

    expect((await watch()).lookedAt).toEqual([userId]);
  });

  it('does not look at them for seats alone', async () => {
    const { t, watch } = await makeWatched();
    t.world.moreSkus = [{ ...visio, consumedUnits: 5 }];

    expect(await watch()).toEqual(quiet);
  });

  it('looks again in the next minute when a process ended before it had stored what it saw', async () => {
    const { t, watch, cursors } = await makeWatched();
    t.world.moreSkus = [{ ...visio, capabilityStatus: 'Suspended' }];
    await watch();
    t.world.moreSkus = [visio];
    const commit = cursors.commit.bind(cursors);
    Object.assign(cursors, { commit: async () => Promise.reject(new Error('the process ends')) });
    await expect(watch()).rejects.toThrow('the process ends');
    Object.assign(cursors, { commit });

    expect((await watch()).lookedAt).toEqual([userId]);
  });

  it('leaves reporting to another process that was faster', async () => {
    const { t, watch, cursors } = await makeWatched();
    t.world.tenantGroups = [];
    const read = cursors.read.bind(cursors);
    Object.assign(cursors, { read: async (name: string) => ({ ...(await read(name)), etag: 'old' }) });

    expect(await watch()).toEqual(quiet);
  });

  it('starts over when what it stored cannot be read', async () => {
    const { t, watch, cursors } = await makeWatched();
    const [name = ''] = cursors.rows.keys();
    cursors.rows.set(name, { ...cursors.rows.get(name), value: '{', etag: 'e', updatedAt: 0 });
    t.world.moreSkus = [{ ...visio, capabilityStatus: 'Suspended' }];

    expect((await watch()).lookedAt).toEqual([]);
    t.world.moreSkus = [visio];
    expect((await watch()).lookedAt).toEqual([userId]);
  });
});
