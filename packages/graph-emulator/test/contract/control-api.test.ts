/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/errors, https://learn.microsoft.com/graph/permissions-reference
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { add, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());
beforeEach(() => graph.local('DELETE', '/faults'));

describe('the control API', () => {
  it('logs every write with what it did, refused ones too', async () => {
    const id = graph.newUser({ usageLocation: null });
    const from = (await graph.local('GET', '/write-log')).body.entries.at(-1)?.seq ?? 0;
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    await graph.call('PATCH', `/users/${id}`, { usageLocation: 'NL' });
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));

    const { body } = await graph.local('GET', `/write-log?after=${from}`);

    expect(body.entries).toMatchObject([
      { kind: 'assignLicense', status: 400, code: 'Request_BadRequest', effective: false, userId: id },
      {
        kind: 'usageLocation',
        status: 204,
        effective: true,
        usageLocation: 'NL',
        after: { usageLocation: 'NL' },
      },
      {
        kind: 'assignLicense',
        status: 200,
        effective: true,
        before: { directLicenses: [] },
        add: add('EMS').addLicenses,
      },
      { kind: 'assignLicense', status: 200, effective: false },
    ]);
  });

  it('brings the same joiners for the same seed, synced, mostly without a usage location', async () => {
    const { body } = await graph.local('POST', '/sync', { users: 40, seed: 11 });
    const other = await startEmbeddedGraph();
    const again = await other.local('POST', '/sync', { users: 40, seed: 11 });
    await other.stop();

    const joiners = body.users.map(
      ({ id }: { id: string }) => graph.engine.tenant.users.get(id)?.version.properties,
    );
    expect(body.users.map(({ id }: { id: string }) => id)).toEqual(
      again.body.users.map(({ id }: { id: string }) => id),
    );
    expect(
      joiners.every((properties: Record<string, unknown>) => properties.onPremisesSyncEnabled === true),
    ).toBe(true);
    expect(
      joiners.filter((properties: Record<string, unknown>) => properties.usageLocation).length,
    ).toBeLessThan(20);
  });

  it('adds users as they are described', async () => {
    const user = { userPrincipalName: 'told@contoso.com', displayName: 'Told', department: 'Legal' };

    const { body } = await graph.local('POST', '/users', [user]);

    const read = await graph.call('GET', `/users/${body.users[0].id}?$select=department`);
    expect(read.body.department).toBe('Legal');
  });
});

describe('a directory sync with movers and leavers', () => {
  const people = (graphs: EmbeddedGraph) => graphs.engine.tenant.users;
  const round = { users: 3, movers: 4, leavers: 2, seed: 21 };

  it('changes synced users, and lists whom and how; delta tells of each', async () => {
    const own = await startEmbeddedGraph();
    try {
      const before = new Map([...people(own)].map(([id, { version }]) => [id, version.properties]));
      const start = await own.call(
        'GET',
        '/users/delta?$deltatoken=latest&$select=department,accountEnabled',
      );

      const { body } = await own.local('POST', '/sync', round);

      expect([body.users.length, body.movers.length, body.leavers.length]).toEqual([3, 4, 2]);
      for (const { id, userPrincipalName, from, to } of body.movers) {
        const now = people(own).get(id)?.version;
        expect(before.get(id)).toMatchObject({
          userPrincipalName,
          department: from,
          onPremisesSyncEnabled: true,
        });
        expect(now?.properties).toMatchObject({ department: to, accountEnabled: true });
        expect(to).not.toBe(from);
        const names = (now?.groupIds ?? []).map((groupId) =>
          String(own.engine.tenant.groups.get(groupId)?.properties.displayName),
        );
        const team = to === 'Engineering' ? /^SG-(Engineering|Platform|Platform-On-Call)$/ : `SG-${to}`;
        const ofDepartments = names.filter((name) => /^SG-(?!Contractors|Staff)/.test(name));
        expect(ofDepartments).toEqual([expect.stringMatching(team)]);
      }
      for (const { id } of body.leavers) {
        expect(before.get(id)).toMatchObject({ accountEnabled: true, onPremisesSyncEnabled: true });
        expect(people(own).get(id)?.version.properties.accountEnabled).toBe(false);
      }
      const link = new URL(start.body['@odata.deltaLink']);
      const delta = await own.call('GET', `${link.pathname.replace('/v1.0', '')}${link.search}`);
      const told = delta.body.value.map(({ id }: { id: string }) => id);
      const all = [...body.users, ...body.movers, ...body.leavers].map(({ id }: { id: string }) => id);
      expect(new Set(all).size).toBe(9);
      expect([...told].sort()).toEqual([...all].sort());
    } finally {
      await own.stop();
    }
  });

  it('takes the same people for the same seed, and the joiners do not depend on the others', async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => startEmbeddedGraph()));

    const answers = await Promise.all([
      one?.local('POST', '/sync', round),
      two?.local('POST', '/sync', round),
      three?.local('POST', '/sync', { users: 3, seed: 21 }),
    ]);
    await Promise.all([one?.stop(), two?.stop(), three?.stop()]);

    const [first, again, joinersOnly] = answers.map((answer) => answer?.body);
    expect(again).toEqual(first);
    expect(joinersOnly).toEqual({ users: first.users, movers: [], leavers: [] });
  });

  it.each([
    [{ users: 0 }, /a sync without users/],
    [{ users: 1, mover: 1 }, /mover/],
    [{ users: 1, leavers: -1 }, /leavers/],
    [{ users: 1, movers: 1_000 }, /synced users at work; 1000 movers and leavers were asked for/],
  ])('refuses %j and changes nothing', async (request, message) => {
    const count = graph.engine.tenant.userCount;

    const { status, body } = await graph.local('POST', '/sync', request);

    expect(status).toBe(400);
    expect(body.error.message).toMatch(message);
    expect(graph.engine.tenant.userCount).toBe(count);
  });
});
