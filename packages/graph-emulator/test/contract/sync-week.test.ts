import { afterEach, describe, expect, it } from '@jest/globals';
import { makeTenant } from '../../src/tenant/make-tenant';
import type { SyncWave } from '../../src/control/sync-wave';
import type { TenantLine } from '../../src/tenant/tenant-line';
import { startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph } from '../support/embedded-graph';

let graph: EmbeddedGraph;
afterEach(() => graph.stop());

/** A tenant that knows nothing of the sample's departments and groups, one group of which is dynamic. */
const ownTenant = (users: number): TenantLine[] =>
  [...makeTenant({ users, seed: 4 })].map((line) => {
    if (line.type === 'group') {
      const groupTypes = line.displayName === 'SG-Sales' ? ['DynamicMembership'] : [];
      return { ...line, groupTypes, displayName: `Team ${line.displayName.slice(3)}` };
    }
    if (line.type !== 'user') return line;
    const department = typeof line.department === 'string' ? `Unit ${line.department}` : null;
    return { ...line, department, onPremisesSyncEnabled: null, managerId: null };
  });
const week = async (body: object) => (await graph.local('POST', '/week', body)).body as SyncWave;
const userOf = (id: string) => {
  const user = graph.engine.tenant.users.get(id);
  if (user === undefined) throw new Error(`There is no user ${id}`);
  return user;
};
const groupNames = (id: string) =>
  userOf(id)
    .version.groupIds.map((group) => String(graph.engine.tenant.groups.get(group)?.properties.displayName))
    .sort();

describe('a normal week of a tenant', () => {
  it('brings joiners like those who are there, in their departments and groups', async () => {
    graph = await startEmbeddedGraph({ tenant: ownTenant(200) });
    const before = graph.engine.tenant.userOrder.map(({ id, version }) => ({ id, ...version }));
    const known = new Set(
      before.map(({ id, properties }) =>
        JSON.stringify([properties.department, properties.jobTitle, groupNames(id)]),
      ),
    );

    const { users, movers, leavers } = await week({ users: 30, movers: 5, leavers: 4, seed: 9 });

    expect([users.length, movers.length, leavers.length]).toEqual([30, 5, 4]);
    for (const { id } of users) {
      const { department, jobTitle } = userOf(id).version.properties;
      expect(known).toContain(JSON.stringify([department, jobTitle, groupNames(id)]));
    }
    expect(users.some(({ id }) => groupNames(id).includes('Team Sales'))).toBe(true);
    for (const { id, from, to } of movers) {
      const { department, jobTitle } = userOf(id).version.properties;
      expect(from).not.toBe(to);
      expect(department ?? 'no department').toBe(to);
      expect(known).toContain(JSON.stringify([department, jobTitle, groupNames(id)]));
    }
    for (const { id } of leavers) expect(userOf(id).version.properties.accountEnabled).toBe(false);
  });

  it('is the same week for the same seed, and another one for another', async () => {
    graph = await startEmbeddedGraph({ tenant: ownTenant(60) });
    const first = await week({ seed: 5 });
    const again = await week({ seed: 5 });
    await graph.stop();
    graph = await startEmbeddedGraph({ tenant: ownTenant(60) });
    const same = await week({ seed: 5 });
    const other = await week({ seed: 6 });

    expect(same).toEqual(first);
    expect(again.users.map(({ id }) => id)).not.toEqual(first.users.map(({ id }) => id));
    expect(other.leavers).not.toEqual(first.leavers);
  });

  it('has as many joiners as accounts were created in an average week of the last quarter', async () => {
    const newest = Date.UTC(2026, 3, 30);
    let number = 0;
    const tenant = ownTenant(400).map((line): TenantLine => {
      if (line.type !== 'user') return line;
      const days = number < 30 ? number : number * 10;
      number += 1;
      return { ...line, createdDateTime: new Date(newest - days * 86_400_000).toISOString() };
    });
    graph = await startEmbeddedGraph({ tenant });
    const recent = tenant.filter(
      (line) =>
        line.type === 'user' &&
        line.accountEnabled === true &&
        line.userType === 'Member' &&
        Date.parse(String(line.createdDateTime)) > newest - 91 * 86_400_000,
    ).length;

    const { users, movers, leavers } = await week({ seed: 1 });

    expect(recent).toBeGreaterThan(20);
    expect(users.length).toBe(Math.round(recent / 13));
    expect([movers.length, leavers.length]).toEqual([1, 1]);
  });

  it('is refused, with nothing done, when there are too few people', async () => {
    graph = await startEmbeddedGraph({ tenant: ownTenant(10) });
    const changes = graph.engine.changes.lastSeq;

    const { status, body } = await graph.local('POST', '/week', { movers: 50, leavers: 1, seed: 1 });

    expect(status).toBe(400);
    expect((body as { error: { message: string } }).error.message).toMatch(/need one more/);
    expect(graph.engine.changes.lastSeq).toBe(changes);
  });
});
