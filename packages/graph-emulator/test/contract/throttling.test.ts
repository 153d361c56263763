/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/throttling, https://learn.microsoft.com/graph/throttling-limits,
// https://learn.microsoft.com/graph/json-batching
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeTenant } from '../../src/tenant/make-tenant';
import { fetchToken, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeEach(async () => {
  graph = await startEmbeddedGraph();
});
afterEach(() => graph.stop());

const patch = (id: string, token = graph.token, number = 0) =>
  graph.call('PATCH', `/users/${id}`, { jobTitle: `Title ${number}` }, { authorization: `Bearer ${token}` });

describe('quotas', () => {
  it.each([
    ['/users?$top=50', 2],
    ['/users?$select=id', 1],
    ['/users?$expand=manager', 3],
    ['/users?$top=5', 1],
    ['/subscribedSkus', 3],
    ['/groups/GROUP/members', 3],
    ['/groups/GROUP/transitiveMembers', 5],
    ['/users/USER/licenseDetails', 2],
    ['/users/USER/transitiveMemberOf', 2],
    ['/users/delta?$select=id', 1],
    ['/groups', 1],
  ])('GET %s costs %i resource units', async (path, units) => {
    const id = graph.newUser();
    const group = graph.engine.tenant.groupOrder[0]?.id ?? '';

    const { headers } = await graph.call('GET', path.replace('USER', id).replace('GROUP', group));

    expect(headers.get('x-ms-resource-unit')).toBe(String(units));
  });

  it.each([
    [40, 3_500],
    [60, 5_000],
    [600, 8_000],
  ])('a tenant of %i users has %i resource units in 10 s', async (users, units) => {
    await graph.stop();
    graph = await startEmbeddedGraph({
      tenant: makeTenant({ users, seed: 3 }),
      settings: { quotaFactor: 0.01 },
    });
    const share = units / 100;

    const statuses: number[] = [];
    for (let count = 0; count < Math.floor(share / 5) + 1; count += 1) {
      const group = graph.engine.tenant.groupOrder[0]?.id ?? '';
      statuses.push((await graph.call('GET', `/groups/${group}/transitiveMembers`)).status);
    }

    expect(statuses.filter((status) => status === 200)).toHaveLength(Math.floor(share / 5));
    expect(statuses.at(-1)).toBe(429);
  });

  it('3,000 writes in 150 s, then 429 with Retry-After and the reason; coming back early makes it longer', async () => {
    await graph.local('POST', '/faults', { quotaFactor: 0.01 });
    const id = graph.newUser();

    const statuses: number[] = [];
    for (let number = 0; number < 31; number += 1)
      statuses.push((await patch(id, graph.token, number)).status);
    const refused = await patch(id);
    const wait = Number(refused.headers.get('retry-after'));
    graph.engine.clock.advance(wait * 1_000);
    const after = await patch(id, graph.token, 99);

    expect([statuses.filter((status) => status === 204).length, statuses.at(-1)]).toEqual([30, 429]);
    expect(refused.body.error.code).toBe('TooManyRequests');
    expect(refused.headers.get('x-ms-throttle-information')).toBe('WriteLimitExceeded');
    expect(refused.headers.get('x-ms-throttle-scope')).toBe(
      `Tenant_Application/Write/${graph.clientId}/${graph.engine.tenant.facts.tenantId}`,
    );
    // One write costs 5 s at this factor; the 31st and the 32nd have both counted.
    expect(wait).toBe(15);
    expect(after.status).toBe(204);
    expect((await graph.local('GET', '/state')).body.counters).toMatchObject({ throttled: 2, writes: 31 });
  });

  it('the tenant’s writes are limited over all applications', async () => {
    await graph.local('POST', '/faults', { quotaFactor: 0.002, throttledDebt: 0 });
    const id = graph.newUser();
    const refused: Json[] = [];
    for (let app = 0; app < 7; app += 1) {
      await graph.local('POST', '/clients', { clientId: `app-${app}`, clientSecret: 'local' });
      const token = await fetchToken(graph, `app-${app}`, 'local');
      for (let number = 0; number < 6; number += 1) {
        const reply = await patch(id, token, number);
        if (reply.status === 429) refused.push(reply.headers.get('x-ms-throttle-scope'));
      }
    }

    // Six applications may write 6 times each; the tenant has had its 36 then.
    expect(refused).toHaveLength(6);
    expect(refused[0]).toMatch(/^Tenant\/Write\//);
  });

  it('reports have their own: 5 requests in 10 s', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      statuses.push((await graph.call('GET', '/auditLogs/directoryAudits?$top=1')).status);
    }

    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it('says how much is used above 80 %', async () => {
    await graph.local('POST', '/faults', { quotaFactor: 0.01 });
    const id = graph.newUser();
    const seen: (string | null)[] = [];
    for (let number = 0; number < 30; number += 1) {
      seen.push((await patch(id, graph.token, number)).headers.get('x-ms-throttle-limit-percentage'));
    }

    expect([seen[0], seen[29]]).toEqual([null, '1.00']);
  });
});

describe('$batch', () => {
  const batch = (requests: unknown) => graph.call('POST', '/$batch', { requests });
  const byId = (reply: { body: Json }, id: string): Json =>
    reply.body.responses.find((response: Json) => response.id === id);

  it('answers every part on its own, with Graph’s client too', async () => {
    const id = graph.newUser();

    const body: Json = await graph.client.api('/$batch').post({
      requests: [
        { id: 'a', method: 'GET', url: `/users/${id}?$select=id` },
        { id: 'b', method: 'GET', url: '/users/unknown' },
      ],
    });

    expect(byId({ body }, 'a')).toMatchObject({ status: 200, body: { id } });
    expect(byId({ body }, 'b')).toMatchObject({
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound' } },
    });
  });

  it('applies the quota to each part, with its own Retry-After', async () => {
    await graph.local('POST', '/faults', { quotaFactor: 0.001 });
    const requests = Array.from({ length: 5 }, (_, index) => ({
      id: String(index),
      method: 'PATCH',
      url: `/users/${graph.newUser()}`,
      headers: { 'Content-Type': 'application/json' },
      body: { jobTitle: 'x' },
    }));

    const reply = await batch(requests);

    expect(reply.status).toBe(200);
    const statuses = reply.body.responses.map(({ status }: Json) => status).sort();
    expect(statuses).toEqual([204, 204, 204, 429, 429]);
    const refused = reply.body.responses.find(({ status }: Json) => status === 429);
    expect(Number(refused.headers['Retry-After'])).toBeGreaterThan(0);
  });

  it('keeps the order that dependsOn asks for, and fails what depends on a failure with 424', async () => {
    const id = graph.newUser();
    const json = { 'Content-Type': 'application/json' };

    const reply = await batch([
      { id: 'read', method: 'GET', url: `/users/${id}?$select=jobTitle`, dependsOn: ['write'] },
      { id: 'write', method: 'PATCH', url: `/users/${id}`, headers: json, body: { jobTitle: 'First' } },
      { id: 'bad', method: 'GET', url: '/users/unknown' },
      { id: 'after-bad', method: 'GET', url: `/users/${id}`, dependsOn: ['bad'] },
    ]);

    expect(byId(reply, 'read').body.jobTitle).toBe('First');
    expect(byId(reply, 'after-bad').status).toBe(424);
  });

  it.each([
    [
      'more than 20 parts',
      Array.from({ length: 21 }, (_, id) => ({ id: String(id), method: 'GET', url: '/users' })),
    ],
    [
      'an id twice',
      [
        { id: '1', method: 'GET', url: '/users' },
        { id: '1', method: 'GET', url: '/users' },
      ],
    ],
    ['a dependency that is not there', [{ id: '1', method: 'GET', url: '/users', dependsOn: ['9'] }]],
    [
      'a circle',
      [
        { id: '1', method: 'GET', url: '/users', dependsOn: ['2'] },
        { id: '2', method: 'GET', url: '/users', dependsOn: ['1'] },
      ],
    ],
    ['an absolute url', [{ id: '1', method: 'GET', url: 'https://graph.microsoft.com/v1.0/users' }]],
    ['a batch in the batch', [{ id: '1', method: 'POST', url: '/$batch' }]],
    ['no parts', []],
  ])('is refused whole for %s', async (_name, requests) => {
    expect((await batch(requests)).status).toBe(400);
  });

  it('needs Content-Type on a part with a body', async () => {
    const reply = await batch([
      { id: '1', method: 'PATCH', url: `/users/${graph.newUser()}`, body: { jobTitle: 'x' } },
    ]);

    expect(byId(reply, '1').status).toBe(400);
  });

  it('passes the header of a part on to it', async () => {
    const reply = await batch([
      {
        id: '1',
        method: 'GET',
        url: "/users?$count=true&$top=1&$filter=department ne 'HR'",
        headers: { ConsistencyLevel: 'eventual' },
      },
    ]);

    expect(byId(reply, '1').body['@odata.count']).toBeGreaterThan(1);
  });
});
