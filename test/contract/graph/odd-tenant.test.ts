import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { graphCalls } from '../../../shared/graph/permissions';
import { sku, startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { makeGraphWorld } from '../../support/graph/graph-world';

const roles = [...new Set(graphCalls.map(({ permission }) => permission))];
const minute = 60_000;

let graph: EmbeddedGraph;
let groupId: string;
beforeAll(async () => {
  graph = await startEmbeddedGraph({ settings: { quotaFactor: 1_000 } });
  const { body } = await graph.call('POST', '/groups', {
    displayName: 'SG-Rights',
    mailEnabled: false,
    mailNickname: 'sg-rights',
    securityEnabled: true,
  });
  groupId = (body as { id: string }).id;
});
afterAll(() => graph.stop());
afterEach(() => graph.local('DELETE', '/faults'));
const set = (settings: object) => graph.local('POST', '/faults', { quotaFactor: 1_000, ...settings });
const writes = async () => {
  const { body } = await graph.local('GET', '/write-log?after=0');
  return (body as { entries?: unknown[] }).entries ?? (body as unknown[]);
};
const world = (properties: Record<string, unknown> = {}) =>
  makeGraphWorld(graph, { groupId, roles, properties, permissions: 'full' });

describe('a tenant that answers oddly', () => {
  it('blocks a synced user whose usage location is mastered on-premises, and goes on when it appears', async () => {
    const t = await world({ usageLocation: null, onPremisesSyncEnabled: true });
    await set({ masteredProperties: ['usageLocation'] });

    await t.ask();
    await t.run(minute);
    const blocked = t.t.state();
    const pauses = await t.pauses();
    // Directory sync brings it: whatever Graph refuses to the app, it does not refuse to the sync.
    const user = graph.engine.tenant.findUser(t.user);
    if (user)
      user.version = { ...user.version, properties: { ...user.version.properties, usageLocation: 'NL' } };
    t.t.advance(minute);
    await t.ask();
    await t.run(minute);

    expect(blocked).toMatchObject({ outcome: 'blocked' });
    expect(blocked?.reasons[0]?.text).toContain('on-premises mastered');
    expect(pauses).toEqual([]);
    expect(t.t.failures).toEqual([]);
    expect(t.t.state()?.outcome).toBe('licensed');
  });

  it('blocks a user in a restricted management unit, pauses no other user, and goes on when the user has left it', async () => {
    const t = await world();
    await set({ restrictedUsers: [t.user] });

    await t.ask();
    await t.run(minute);
    const blocked = t.t.state();
    const pauses = await t.pauses();
    await set({ restrictedUsers: [] });
    await t.run(120 * minute);

    expect(blocked?.outcome).toBe('blocked');
    expect(blocked?.reasons[0]?.text).toContain('restricted management');
    expect(pauses).toEqual([]);
    expect(t.t.failures).toEqual([]);
    expect(t.held()).toBe(2);
  });

  it('gives everybody else their license when one SKU has no usable row', async () => {
    const t = await world();
    await set({ nullSkuProperties: ['SPE_E5.consumedUnits', 'SPE_E3.capabilityStatus'] });

    await t.ask();
    await t.run(minute);

    expect(t.held()).toBe(2);
    expect((await t.services.directory.listSkuRows()).skipped.map(({ name }) => name).sort()).toEqual([
      'SPE_E3',
      'SPE_E5',
    ]);
  });

  it('decides nothing from states that lack a license which the user has', async () => {
    const t = await world();
    await t.ask();
    await t.run(minute);
    await set({ statesLackSkus: [sku('EMS')] });
    const log = (await writes()).length;

    t.t.advance(minute);
    await t.ask();
    await t.run(30 * minute);
    const written = (await writes()).length - log;
    await set({ statesLackSkus: [] });
    await t.run(30 * minute);

    expect(written).toBe(0);
    expect(t.held()).toBe(2);
    expect(t.t.failures).toEqual([]);
    expect(t.t.state()?.retry ?? null).toBeNull();
  });

  it('takes nothing away for a membership that only a lagging index does not show', async () => {
    await set({ advancedIndexLagMs: 120 * minute });
    const t = await world();
    await t.ask();
    await t.run(minute);
    // Every look comes in a minute in which the index does not know the membership yet.
    graph.engine.clock.advance(180_000 - (graph.engine.clock.now() % 120_000));
    for (let looks = 0; looks < 15; looks++) {
      graph.engine.clock.advance(2 * minute);
      t.t.advance(2 * minute);
      await t.ask();
      await t.run(15_000);
    }

    expect(t.held()).toBe(2);
  });
});
