/* eslint-disable @typescript-eslint/no-unsafe-call -- bodies of answers are what the tests expect them to be */
/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// What the service does and an emulator easily forgives. Sources stand beside the settings and in permission-data.json.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import data from '../../src/http/routes/permission-data.json';
import { add, fromLink, sku, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());
afterEach(() => graph.local('DELETE', '/faults'));

const get = (path: string, headers?: Record<string, string>) => graph.call('GET', path, undefined, headers);
const set = (settings: object) => graph.local('POST', '/faults', settings);
const advanced = { ConsistencyLevel: 'eventual' };
const as = async (...roles: string[]) => ({ authorization: `Bearer ${await graph.tokenWith(roles)}` });
const group = async () => {
  const { body } = await graph.call('POST', '/groups', {
    displayName: `G ${graph.engine.random()}`,
    mailEnabled: false,
    mailNickname: `g${Math.floor(graph.engine.random() * 1e9)}`,
    securityEnabled: true,
  });
  return body as { id: string; displayName: string };
};
const join = (groupId: string, userId: string) =>
  graph.call('POST', `/groups/${groupId}/members/$ref`, {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${userId}`,
  });
const leave = (groupId: string, userId: string) =>
  graph.call('DELETE', `/groups/${groupId}/members/${userId}/$ref`);

describe('permissions', () => {
  /** The calls of Microsoft's data that the product makes, with something to make them on. */
  const reads = (): readonly (readonly [keyof typeof data.calls, string])[] => {
    const user = graph.newUser();
    const { groupOrder } = graph.engine.tenant;
    const groupId = groupOrder[0]?.id ?? '';
    return [
      ['GET /users', '/users?$top=1'],
      ['GET /users/{id}', `/users/${user}`],
      ['GET /users/delta', '/users/delta?$deltatoken=latest'],
      ['GET /users/{id}/memberOf', `/users/${user}/memberOf`],
      [
        'GET /users/{id}/transitiveMemberOf',
        `/users/${user}/transitiveMemberOf/microsoft.graph.group?$count=true`,
      ],
      ['GET /users/{id}/licenseDetails', `/users/${user}/licenseDetails`],
      ['GET /subscribedSkus', '/subscribedSkus'],
      ['GET /groups', '/groups?$top=1'],
      ['GET /groups/{id}', `/groups/${groupId}`],
      [
        'GET /groups/{id}/transitiveMembers',
        `/groups/${groupId}/transitiveMembers/microsoft.graph.user?$count=true`,
      ],
    ];
  };

  it('open exactly the calls that Microsoft’s data says, one by one', async () => {
    const calls = reads();
    const roles = [...new Set(Object.values(data.calls).flat())];
    const wrong: string[] = [];
    for (const role of roles) {
      const headers = { ...advanced, ...(await as(role)) };
      for (const [call, path] of calls) {
        const isOpen = (await get(path, headers)).status === 200;
        if (isOpen !== (data.calls[call] as readonly string[]).includes(role)) wrong.push(`${role}: ${call}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('to write licenses are none to read SKUs', async () => {
    expect((await get('/subscribedSkus', await as('LicenseAssignment.ReadWrite.All'))).status).toBe(403);
  });

  it('of direct memberships are an open question, by a setting', async () => {
    const headers = await as('GroupMember.Read.All');
    const path = `/users/${graph.newUser()}/memberOf`;
    const before = await get(path, headers);
    await set({ memberOfOpenedBy: 'groupMemberRead' });

    expect([before.status, (await get(path, headers)).status]).toEqual([403, 200]);
  });
});

describe('limited information', () => {
  it('is what an application gets of groups that it may not read: 200, type and id, and null', async () => {
    const user = graph.newUser();
    const { id, displayName } = await group();
    await join(id, user);
    const path = `/users/${user}/transitiveMemberOf?$select=id,displayName`;

    const without = await get(path, await as('User.Read.All'));
    const withRole = await get(path, await as('User.Read.All', 'GroupMember.Read.All'));
    await set({ withholdGroupNames: true });
    const forced = await get(path);

    const type = { '@odata.type': '#microsoft.graph.group' };
    expect(without.body.value).toEqual([{ ...type, id, displayName: null }]);
    expect(withRole.body.value).toEqual([{ ...type, id, displayName }]);
    expect(forced.body.value).toEqual([{ ...type, id, displayName: null }]);
  });

  it('is what an application gets of members that it may not read', async () => {
    const user = graph.newUser();
    const { id } = await group();
    await join(id, user);

    const { body } = await get(
      `/groups/${id}/members?$select=id,displayName`,
      await as('GroupMember.Read.All'),
    );

    expect(body.value).toEqual([{ '@odata.type': '#microsoft.graph.user', id: user, displayName: null }]);
  });
});

describe('$select', () => {
  const extension = 'extension_0123456789abcdef0123456789abcdef_costCenter';

  it('is exact in case', async () => {
    expect((await get('/users?$select=DisplayName')).status).toBe(400);
  });

  it('of an extension in the wrong case, or unknown, says nothing, with 200', async () => {
    const user = graph.newUser({ [extension]: '4711' });
    const ask = async (name: string) => (await get(`/users/${user}?$select=id,${name}`)).body[name];

    expect(await ask(extension)).toBe('4711');
    expect(await ask(extension.replace('costCenter', 'costcenter'))).toBeUndefined();
    expect(await ask(extension.replace('costCenter', 'other'))).toBeUndefined();
    expect((await get(`/users?$filter=${extension} eq '4711'&$select=id`)).body.value).toEqual([
      { id: user },
    ]);
  });

  it('of an extension is tracked by delta', async () => {
    const user = graph.newUser();
    const latest = await get(`/users/delta?$select=id,${extension}&$deltatoken=latest`);
    await graph.call('PATCH', `/users/${user}`, { [extension]: '12' });

    const { body } = await get(fromLink(latest.body['@odata.deltaLink']));

    expect(body.value).toEqual([{ id: user, [extension]: '12' }]);
  });
});

describe('delta', () => {
  it('takes manager, and tells a change of it apart', async () => {
    const [user, manager] = [graph.newUser(), graph.newUser()];
    const latest = await get('/users/delta?$select=id,manager&$deltatoken=latest');
    await graph.call('PUT', `/users/${user}/manager/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/users/${manager}`,
    });

    const { body } = await get(fromLink(latest.body['@odata.deltaLink']));

    expect(body.value).toEqual([
      { id: user, 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: manager }] },
    ]);
  });

  it('refuses properties of other services with 400', async () => {
    const { status, body } = await get('/users/delta?$select=id,aboutMe');

    expect([status, body.error.message]).toEqual([
      400,
      expect.stringContaining('Invalid request for delta query'),
    ]);
  });

  it('forgets the page of a round sooner than the end of it', async () => {
    await set({ deltaPageSize: 5 });
    const { body } = await get('/users/delta?$select=id');
    const next = fromLink(body['@odata.nextLink']);
    const early = await get(next);
    graph.engine.clock.advance(61 * 60_000);
    const late = await get(next);

    expect(early.status).toBe(200);
    expect([late.status, late.body.error.code]).toEqual([400, 'Directory_ExpiredPageToken']);
  });

  it.each([
    ['syncStateNotFound', 410, 'syncStateNotFound'],
    ['expiredPageToken', 400, 'Directory_ExpiredPageToken'],
    ['syncStateText', 400, 'BadRequest'],
    ['notFound', 404, 'ResourceNotFound'],
  ])('tells a lost position as %s', async (lostPositionAs, status, code) => {
    const latest = await get('/users/delta?$select=id&$deltatoken=latest');
    await set({ lostPositionAs });
    graph.engine.clock.advance(8 * 86_400_000);

    const reply = await get(fromLink(latest.body['@odata.deltaLink']));

    expect([reply.status, reply.body.error.code]).toEqual([status, code]);
  });
});

describe('odd answers', () => {
  it('are refusals of one user in a restricted management unit', async () => {
    const user = graph.newUser();
    await set({ restrictedUsers: [user] });

    const write = await graph.call('POST', `/users/${user}/assignLicense`, add('EMS'));

    expect([write.status, write.body.error.message]).toEqual([403, expect.stringContaining('Target object')]);
    expect((await get(`/users/${user}`)).status).toBe(200);
    expect((await graph.call('POST', `/users/${graph.newUser()}/assignLicense`, add('EMS'))).status).toBe(
      200,
    );
  });

  it('are refusals to change what is mastered on-premises', async () => {
    const synced = graph.newUser({ onPremisesSyncEnabled: true, usageLocation: null });
    const cloud = graph.newUser({ usageLocation: null });
    await set({ masteredProperties: ['usageLocation'] });
    const patch = (id: string) => graph.call('PATCH', `/users/${id}`, { usageLocation: 'NL' });

    expect([(await patch(synced)).status, (await patch(cloud)).status]).toEqual([400, 204]);
    expect((await patch(synced)).body.error.message).toContain('on-premises mastered Directory Sync objects');
  });

  it('are nulls in one row of the SKUs, states that lack a license, details that call every plan Company', async () => {
    const user = graph.newUser();
    await graph.call('POST', `/users/${user}/assignLicense`, add('EMS'));
    await set({
      nullSkuProperties: ['EMS.consumedUnits'],
      statesLackSkus: [sku('EMS')],
      detailsAppliesTo: 'Company',
    });

    const skus = (await get('/subscribedSkus')).body.value;
    const { body } = await get(`/users/${user}?$select=assignedLicenses,licenseAssignmentStates`);
    const details = (await get(`/users/${user}/licenseDetails`)).body.value;

    const nulls = skus.filter((row: { consumedUnits: unknown }) => row.consumedUnits === null);
    expect(nulls.map((row: { skuPartNumber: string }) => row.skuPartNumber)).toEqual(['EMS']);
    expect([body.assignedLicenses.length, body.licenseAssignmentStates]).toEqual([1, []]);
    const kinds = details[0].servicePlans.map((plan: { appliesTo: string }) => plan.appliesTo);
    expect(new Set(kinds)).toEqual(new Set(['Company']));
  });

  it('are an index behind casts that lags in every other minute, while the plain list is current', async () => {
    await set({ advancedIndexLagMs: 10 * 60_000 });
    const user = graph.newUser();
    const { id } = await group();
    await join(id, user);
    graph.engine.clock.advance(20 * 60_000);
    const sees = async () => {
      const cast = await get(`/users/${user}/memberOf/microsoft.graph.group?$count=true`, advanced);
      const members = await get(`/groups/${id}/transitiveMembers/microsoft.graph.user?$count=true`, advanced);
      const plain = await get(`/users/${user}/memberOf`);
      return [cast, members, plain].map(({ body }) => body.value.length);
    };
    // To the beginning of a minute in which the index is current.
    graph.engine.clock.advance(120_000 - (graph.engine.clock.now() % 120_000));
    await leave(id, user);

    const even = await sees();
    graph.engine.clock.advance(60_000);
    const odd = await sees();
    graph.engine.clock.advance(60_000);
    const evenAgain = await sees();

    expect([even, odd, evenAgain]).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]);
  });
});
