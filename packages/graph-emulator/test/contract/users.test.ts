/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/api/resources/user, https://learn.microsoft.com/graph/query-parameters
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { add, fromLink, sku, startEmbeddedGraph } from '../support/embedded-graph';
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

describe('writes', () => {
  const newcomer = (name: string) => ({
    accountEnabled: true,
    displayName: 'Test User',
    givenName: 'FName',
    surname: 'LName',
    mailNickname: name,
    userPrincipalName: `${name}@contoso.com`,
    department: 'DName',
    usageLocation: 'US',
    passwordProfile: { forceChangePasswordNextSignIn: true, password: 'Not-kept-1' },
  });

  it('creates a user, and never gives the password back', async () => {
    const created: Json = await graph.client.api('/users').post(newcomer('created'));

    expect(created.userPrincipalName).toBe('created@contoso.com');
    const { body } = await get(`/users/${created.id}?$select=department,usageLocation,passwordProfile`);
    expect(body).toMatchObject({ department: 'DName', usageLocation: 'US', passwordProfile: null });
    expect((await graph.local('GET', '/export')).body).not.toContain('Not-kept-1');
  });

  it.each([
    ['without a required property', { mailNickname: undefined }],
    ['with a name that is taken', { userPrincipalName: 'created@contoso.com' }],
    ['in a domain that is not the tenant’s', { userPrincipalName: 'x@elsewhere.com' }],
    ['with a property that does not exist', { favouriteColor: 'red' }],
    ['with a read-only property', { onPremisesSyncEnabled: true }],
    ['with a usageLocation that is no country', { usageLocation: 'XX' }],
    ['with a department of more than 64 characters', { department: 'x'.repeat(65) }],
  ])('refuses to create one %s', async (_name, change) => {
    const reply = await graph.call('POST', '/users', { ...newcomer('refused'), ...change });

    expect([reply.status, reply.body.error.code]).toEqual([400, 'Request_BadRequest']);
  });

  it('PATCH answers 204 and changes', async () => {
    const id = graph.newUser();

    expect((await graph.call('PATCH', `/users/${id}`, { jobTitle: 'Lead' })).status).toBe(204);
    expect((await get(`/users/${id}`)).body.jobTitle).toBe('Lead');
  });

  it('keeps extension attributes of synced users to on-premises', async () => {
    const id = graph.newUser({ onPremisesSyncEnabled: true });

    const reply = await graph.call('PATCH', `/users/${id}`, {
      onPremisesExtensionAttributes: { extensionAttribute1: 'x' },
    });

    expect(reply.status).toBe(400);
  });

  it('deletes softly, frees the seats, restores with them, purges for good', async () => {
    const id = graph.newUser();
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    const ems = () => graph.engine.tenant.skus.get(sku('EMS'))?.consumedUnits ?? 0;
    const before = ems();

    expect((await graph.call('DELETE', `/users/${id}`)).status).toBe(204);
    expect((await get(`/users/${id}`)).status).toBe(404);
    expect(ems()).toBe(before - 1);
    const listed = await get('/directory/deletedItems/microsoft.graph.user?$select=id');
    expect(listed.body.value).toContainEqual({ id });
    expect((await graph.call('POST', `/directory/deletedItems/${id}/restore`)).status).toBe(200);
    expect((await get(`/users/${id}?$select=assignedLicenses`)).body.assignedLicenses).toHaveLength(1);
    expect(ems()).toBe(before);

    await graph.call('DELETE', `/users/${id}`);
    expect((await graph.call('DELETE', `/directory/deletedItems/${id}`)).status).toBe(204);
    expect((await get(`/directory/deletedItems/${id}`)).status).toBe(404);
  });

  it('sets, shows and clears the manager', async () => {
    const [id, manager] = [graph.newUser(), graph.newUser()];
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${manager}` };

    expect((await graph.call('PUT', `/users/${id}/manager/$ref`, reference)).status).toBe(204);
    expect((await get(`/users/${id}/manager`)).body.id).toBe(manager);
    expect((await graph.call('DELETE', `/users/${id}/manager/$ref`)).status).toBe(204);
    expect((await get(`/users/${id}/manager`)).status).toBe(404);
  });
});

describe('the tenant', () => {
  it('lists its SKUs with seats and plans', async () => {
    const { body } = await get('/subscribedSkus');
    const ems = body.value.find((entry: Json) => entry.skuPartNumber === 'EMS');

    expect(ems.id).toBe(`${graph.engine.tenant.facts.tenantId}_${sku('EMS')}`);
    expect(ems.prepaidUnits.enabled).toBeGreaterThan(ems.consumedUnits);
    expect(ems.servicePlans).toContainEqual({
      servicePlanId: '113feb6c-3fe4-4440-bddc-54d774bf0318',
      servicePlanName: 'EXCHANGE_S_FOUNDATION',
      provisioningStatus: 'Success',
      appliesTo: 'Company',
    });
    expect((await get(`/subscribedSkus/${ems.id}?$select=skuId`)).body.skuId).toBe(sku('EMS'));
  });

  it('has an organization', async () => {
    const { body } = await get('/organization?$select=id,displayName,countryLetterCode');

    expect(body.value).toEqual([
      { id: graph.engine.tenant.facts.tenantId, displayName: 'Contoso', countryLetterCode: 'NL' },
    ]);
  });

  it('keeps an audit log that can be filtered', async () => {
    const id = graph.newUser();
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    const filter = `activityDisplayName eq 'Change user license' and targetResources/any(t:t/id eq '${id}')`;

    const { body } = await get(`/auditLogs/directoryAudits?$filter=${encodeURIComponent(filter)}`);

    expect(body.value).toHaveLength(1);
    expect(body.value[0]).toMatchObject({
      result: 'success',
      loggedByService: 'Core Directory',
      category: 'UserManagement',
    });
  });
});
