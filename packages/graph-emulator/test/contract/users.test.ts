/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/api/resources/user, https://learn.microsoft.com/graph/query-parameters
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromLink, sku, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());

const eventual = { consistencylevel: 'eventual' };
const get = (path: string, headers?: Record<string, string>) => graph.call('GET', path, undefined, headers);

describe('GET users/{id}', () => {
  it('gives eleven default properties, the rest on $select only', async () => {
    const id = graph.newUser({ department: 'Sales' });

    const plain: Json = await graph.client.api(`/users/${id}`).get();
    const chosen: Json = await graph.client.api(`/users/${id}`).select(['department', 'usageLocation']).get();

    expect(
      Object.keys(plain)
        .filter((name) => !name.startsWith('@'))
        .sort(),
    ).toEqual(
      'businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
        ' ',
      ),
    );
    expect(chosen).toMatchObject({ department: 'Sales', usageLocation: 'NL' });
  });

  it('shows sign-ins, in lists too, to applications that may read them', async () => {
    const activity = { lastSignInDateTime: '2026-01-02T03:04:05Z' };
    const id = graph.newUser({ signInActivity: activity });
    const token = await graph.tokenWith(['User.Read.All']);
    const paths = [`/users/${id}?$select=id,signInActivity`, '/users?$select=id,signInActivity&$top=999'];

    const one = await get(paths[0]!);
    const list = await get(paths[1]!);
    const refused = await Promise.all(paths.map((path) => get(path, { authorization: `Bearer ${token}` })));

    expect(one.body.signInActivity).toEqual(activity);
    expect(list.body.value.find((user: Json) => user.id === id).signInActivity).toEqual(activity);
    for (const { status, body } of refused) {
      expect(status).toBe(403);
      expect(body.error.message).toContain('AuditLog.Read.All');
    }
  });

  it('finds a user by principal name, in any case, and by key', async () => {
    const id = graph.newUser({ userPrincipalName: 'O.Brien@contoso.com' });

    for (const path of ['/users/o.brien@CONTOSO.com', `/users('${id}')`, `/users/${id.toUpperCase()}`]) {
      expect((await get(path)).body.id).toBe(id);
    }
  });

  it('expands the manager with what was selected inside', async () => {
    const manager = graph.newUser();
    const id = graph.newUser({}, { managerId: manager });

    const { body } = await get(`/users/${id}?$select=id&$expand=manager($select=id)`);

    expect(body.manager).toEqual({ '@odata.type': '#microsoft.graph.user', id: manager });
  });

  it('answers 404 until a new user is replicated', async () => {
    await graph.local('POST', '/faults', { notFoundLagMs: 5_000 });
    const id = graph.newUser();
    const early = await get(`/users/${id}`);
    graph.engine.clock.advance(5_000);
    const late = await get(`/users/${id}`);
    await graph.local('DELETE', '/faults');

    expect([early.status, late.status]).toEqual([404, 200]);
  });

  it('shows the state of a while ago when reads are stale', async () => {
    await graph.local('POST', '/faults', { staleReadMs: 3_000 });
    const id = graph.newUser({ department: 'Sales' });
    graph.engine.clock.advance(10_000);
    await graph.call('PATCH', `/users/${id}`, { department: 'Finance' });
    const early = await get(`/users/${id}?$select=department`);
    graph.engine.clock.advance(3_000);
    const late = await get(`/users/${id}?$select=department`);
    await graph.local('DELETE', '/faults');

    expect([early.body.department, late.body.department]).toEqual(['Sales', 'Finance']);
  });
});

describe('GET users', () => {
  it('pages with nextLink through everybody, once each', async () => {
    const ids: string[] = [];
    let path: string | undefined = '/users?$select=id&$top=17';
    while (path !== undefined) {
      const { body }: Json = await get(path);
      ids.push(...body.value.map((user: Json) => user.id));
      path = body['@odata.nextLink'] === undefined ? undefined : fromLink(body['@odata.nextLink']);
    }

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(graph.engine.tenant.userCount);
  });

  it('writes links to graph.microsoft.com, where the client stays', async () => {
    const { body } = await get('/users?$top=1');

    expect(body['@odata.nextLink']).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\/users\?/);
  });

  const filters: [string, (user: Json) => boolean][] = [
    ["department eq 'Sales'", (user) => user.department === 'Sales'],
    [
      "startsWith(displayName,'An') and accountEnabled eq true",
      (user) => /^an/i.test(user.displayName) && user.accountEnabled,
    ],
    ["department in ('Sales','HR')", (user) => ['Sales', 'HR'].includes(user.department)],
    ["department ne 'Sales'", (user) => user.department !== 'Sales'],
    [
      "not(endsWith(userPrincipalName,'@contoso.com'))",
      (user) => !user.userPrincipalName.endsWith('@contoso.com'),
    ],
    [
      'assignedLicenses/$count eq 0 and onPremisesSyncEnabled eq true',
      (user) => user.assignedLicenses.length === 0 && user.onPremisesSyncEnabled === true,
    ],
    [
      `assignedLicenses/any(x:x/skuId eq ${sku('SPE_E3')})`,
      (user) => user.assignedLicenses.some((held: Json) => held.skuId === sku('SPE_E3')),
    ],
    [
      "createdDateTime le 2022-01-01T00:00:00Z or userType eq 'Guest'",
      (user) => user.createdDateTime <= '2022' || user.userType === 'Guest',
    ],
    ['usageLocation eq null', (user) => user.usageLocation === null],
    [
      "onPremisesExtensionAttributes/extensionAttribute1 eq 'Corporate'",
      (user) => user.onPremisesExtensionAttributes?.extensionAttribute1 === 'Corporate',
    ],
  ];
  it.each(filters)('filters by %s', async (filter, expected) => {
    const select =
      'id,displayName,department,accountEnabled,userPrincipalName,assignedLicenses,onPremisesSyncEnabled,createdDateTime,userType,usageLocation,onPremisesExtensionAttributes';
    const all = (await get(`/users?$top=999&$select=${select}`)).body.value;

    const { status, body } = await get(
      `/users?$count=true&$top=999&$select=id&$filter=${encodeURIComponent(filter)}`,
      eventual,
    );

    expect(status).toBe(200);
    const wanted = all.filter(expected).map((user: Json) => user.id);
    expect(body.value.map((user: Json) => user.id)).toEqual(wanted);
    expect(body['@odata.count']).toBe(wanted.length);
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.length).toBeLessThan(all.length);
  });

  it.each(["department ne 'Sales'", 'assignedLicenses/$count eq 0', "endsWith(mail,'x')"])(
    'refuses %s without ConsistencyLevel: eventual and $count=true',
    async (filter) => {
      const { status, body } = await get(`/users?$filter=${encodeURIComponent(filter)}`);

      expect([status, body.error.code]).toEqual([400, 'Request_UnsupportedQuery']);
    },
  );

  it('counts with the header only', async () => {
    expect((await get('/users/$count')).status).toBe(400);
    expect((await get('/users/$count', eventual)).body).toBe(String(graph.engine.tenant.userCount));
  });

  it('refuses a filter of thousands of clauses, which only a part of a batch has room for', async () => {
    const filter = Array.from({ length: 20_000 }, () => "id eq 'x'").join(' or ');

    const { body } = await graph.call('POST', '/$batch', {
      requests: [{ id: '1', method: 'GET', url: `/users?$filter=${filter}` }],
    });

    expect(body.responses[0]).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } });
  });

  it.each(['constructor', 'toString', '__proto__'])('knows no property %s of a user', async (name) => {
    const reply = await graph.call('PATCH', `/users/${graph.newUser()}`, `{"${name}":null}`);

    expect([reply.status, reply.body.error.code]).toEqual([400, 'Request_BadRequest']);
  });

  it('answers 501 for properties that other services keep', async () => {
    const { status, body } = await get('/users?$select=skills');

    expect([status, body.error.code]).toEqual([501, 'NotImplemented']);
  });

  it.each([
    '/users?$select=nope',
    '/users?$filter=nope eq 1',
    "/users?$filter=department eq 'Sales",
    '/users?$filter=department eq 7',
    '/users?$top=0',
    '/users?$top=1000',
    '/users?$top=5&$top=6',
    '/users?$skiptoken=xyz',
    '/users?$orderby=nope',
    '/users?$expand=nope',
    '/users?$wrong=1',
    "/users?$filter=onPremisesDistinguishedName eq 'x'",
  ])('refuses %s with 400 in Graph’s body', async (path) => {
    const { status, body } = await get(path);

    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
      innerError: expect.any(Object),
    });
  });
});
