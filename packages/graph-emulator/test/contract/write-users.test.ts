/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/api/resources/user, https://learn.microsoft.com/graph/query-parameters
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { add, sku, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());
const get = (path: string, headers?: Record<string, string>) => graph.call('GET', path, undefined, headers);

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
