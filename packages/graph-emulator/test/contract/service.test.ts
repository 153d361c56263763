/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/errors, https://learn.microsoft.com/graph/permissions-reference
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { add, fetchToken, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph } from '../support/embedded-graph';
import { until } from '../../../emulator-kit/test/support/until';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());
beforeEach(() => graph.local('DELETE', '/faults'));

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('tokens', () => {
  it.each([
    ['none', ''],
    ['no bearer', 'Basic abc'],
    ['rubbish', 'Bearer rubbish'],
    ['a forged one', `Bearer ${Buffer.from('{}').toString('base64url')}.e30.AAAA`],
  ])('%s is answered 401', async (_name, authorization) => {
    const { status, body, headers } = await graph.call('GET', '/users', undefined, { authorization });

    expect([status, body.error.code]).toEqual([401, 'InvalidAuthenticationToken']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  it('end after their time', async () => {
    await graph.local('POST', '/faults', { tokenLifetimeSeconds: 60 });
    const token = await fetchToken(graph, graph.clientId, graph.clientSecret);
    const early = await graph.call('GET', '/organization', undefined, bearer(token));
    graph.engine.clock.advance(60_000);
    const late = await graph.call('GET', '/organization', undefined, bearer(token));

    expect([early.status, late.status]).toEqual([200, 401]);
    expect(late.body.error.message).toContain('expired');
  });

  it.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ scope: 'User.Read' }, 400, 'invalid_scope'],
  ])('are refused for %j', async (change, status, error) => {
    const form = {
      grant_type: 'client_credentials',
      client_id: graph.clientId,
      client_secret: graph.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
      ...change,
    };

    const response = await fetch(graph.tokenUrl, { method: 'POST', body: new URLSearchParams(form) });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  it.each([
    ['LicenseAssignment.ReadWrite.All', 200, 403, 403],
    ['User.ReadWrite.All', 200, 204, 200],
    ['User.Read.All', 403, 403, 403],
  ])('with %s only: assignLicense %i, PATCH %i, reprocess %i', async (role, assign, patch, reprocess) => {
    const token = bearer(await graph.tokenWith([role]));
    const id = graph.newUser();

    const replies = [
      await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'), token),
      await graph.call('PATCH', `/users/${id}`, { jobTitle: 'x' }, token),
      await graph.call('POST', `/users/${id}/reprocessLicenseAssignment`, undefined, token),
    ];

    expect(replies.map(({ status }) => status)).toEqual([assign, patch, reprocess]);
    const refused = replies.find(({ status }) => status === 403);
    if (refused) expect(refused.body.error.code).toBe('Authorization_RequestDenied');
  });

  it('carry the roles that their application has', async () => {
    const token = await graph.tokenWith(['User.Read.All']);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

    expect(claims).toMatchObject({ roles: ['User.Read.All'], tid: graph.engine.tenant.facts.tenantId });
  });
});

describe('every answer', () => {
  it('carries request ids, ours and the caller’s', async () => {
    const { headers, body } = await graph.call('GET', '/users/unknown', undefined, {
      'client-request-id': 'mine',
    });

    expect(headers.get('client-request-id')).toBe('mine');
    expect(body.error.innerError).toMatchObject({
      'client-request-id': 'mine',
      'request-id': headers.get('request-id'),
      date: '2026-05-04T08:01:00',
    });
  });

  it.each([
    ['PUT', '/users', 405],
    ['POST', '/subscribedSkus', 405],
    ['GET', '/nonsense', 400],
    ['GET', '/users/%zz', 400],
  ])('%s %s is answered %i', async (method, path, status) => {
    const reply = await graph.call(method, path);

    expect(reply.status).toBe(status);
    expect(reply.body.error.message).toEqual(expect.any(String));
  });

  it.each(['{"addLicenses":', '[]', '"text"', ''])('a body of %j is answered 400', async (text) => {
    const reply = await graph.call('POST', `/users/${graph.newUser()}/assignLicense`, text, {
      'content-type': 'application/json',
    });

    expect(reply.status).toBe(400);
  });

  it('only v1.0 is there', async () => {
    const response = await fetch(`${graph.origin}/beta/users`);

    expect(response.status).toBe(400);
    expect((await fetch(`${graph.origin}/health`)).status).toBe(200);
  });
});

describe('faults', () => {
  const users = () => graph.call('GET', '/users?$top=1');

  it.each([
    ['error429Rate', 429],
    ['error503Rate', 503],
    ['error500Rate', 500],
  ])('%s', async (name, status) => {
    await graph.local('POST', '/faults', { [name]: 1, retryAfterSeconds: 2.128 });

    const reply = await users();

    expect(reply.status).toBe(status);
    expect(reply.headers.get('retry-after')).toBe(status === 500 ? null : '2.128');
  });

  it('breaks the connection after the commit', async () => {
    const id = graph.newUser();
    await graph.local('POST', '/faults', { resetAfterCommitRate: 1 });

    await expect(graph.call('POST', `/users/${id}/assignLicense`, add('EMS'))).rejects.toThrow();

    const { body } = await graph.local('GET', '/write-log');
    expect(body.entries.at(-1)).toMatchObject({ userId: id, status: 200, effective: true, answered: false });
  });

  it('delays every request', async () => {
    await graph.local('POST', '/faults', { latencyMs: 5_000 });
    const before = graph.dispatcher.counters.requests;
    let isAnswered = false;
    const pending = users().then(() => (isAnswered = true));
    await until(() => graph.dispatcher.counters.requests > before);
    graph.engine.clock.advance(4_999);
    const early = isAnswered;
    graph.engine.clock.advance(1);
    await pending;

    expect(early).toBe(false);
  });

  it('refuses a fault that does not exist', async () => {
    expect((await graph.local('POST', '/faults', { gremlins: true })).status).toBe(400);
  });
});

describe('holds', () => {
  const license = (id: string) => graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
  const waiting = async (hold: string) => (await graph.local('GET', `/holds/${hold}`)).body.waiting.length;
  const logged = async (id: string) =>
    (await graph.local('GET', '/write-log')).body.entries.filter(
      (entry: { userId: string }) => entry.userId === id,
    );

  it.each([
    ['before', 0],
    ['after', 1],
  ])('keep a request waiting %s its commit', async (phase, committed) => {
    const id = graph.newUser();
    const { body } = await graph.local('POST', '/holds', {
      method: 'POST',
      path: `/users/${id}/`,
      phase,
      count: 1,
    });
    const pending = license(id);
    await until(async () => (await waiting(body.id)) === 1);
    const during = await logged(id);

    await graph.local('DELETE', `/holds/${body.id}`);

    expect((await pending).status).toBe(200);
    expect(during.map((entry: { answered: boolean }) => entry.answered)).toEqual(
      Array.from({ length: committed }, () => false),
    );
    expect(await logged(id)).toMatchObject([{ status: 200, answered: true }]);
  });

  it('match a pattern, and no more than they were asked to', async () => {
    const { body } = await graph.local('POST', '/holds', {
      path: 'assignlicense$',
      isPattern: true,
      phase: 'before',
      count: 1,
    });
    const pending = license(graph.newUser());
    await until(async () => (await waiting(body.id)) === 1);

    expect((await license(graph.newUser())).status).toBe(200);
    await graph.local('DELETE', `/holds/${body.id}`);
    expect((await pending).status).toBe(200);
  });
});
