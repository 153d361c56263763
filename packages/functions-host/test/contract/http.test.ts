import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { functionKey, masterKey, startHostProcess } from '../support/host-process';
import type { HostProcess } from '../support/host-process';

let host: HostProcess;
const get = (path: string, init?: RequestInit) => fetch(`${host.origin}${path}`, init);

beforeAll(async () => {
  host = await startHostProcess({
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000',
    'AzureWebJobs.silenced.Disabled': 'true',
    'AzureWebJobs.silent.Disabled': 'false',
  });
});

afterAll(async () => {
  await host.process.stop();
});

describe('HTTP functions in the local host', () => {
  it('pass the request through the real programming model', async () => {
    const answer = await get('/api/Echo/Ren%C3%A9?a=1&a=2&b=x%20y', { method: 'POST', body: 'hello' });

    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-function')).toBe('echo');
    expect(answer.headers.getSetCookie()).toEqual(['seen=a%20b; Path=/; Max-Age=60; SameSite=Lax; HttpOnly']);
    expect(await answer.json()).toEqual({
      method: 'POST',
      url: `${host.origin}/api/Echo/Ren%C3%A9?a=1&a=2&b=x%20y`,
      name: 'René',
      query: { a: '1,2', b: 'x y' },
      principal: null,
      user: null,
      body: 'hello',
    });
  });

  it('never see an identity that the caller made up', async () => {
    const principal = Buffer.from('{"auth_typ":"aad","claims":[]}').toString('base64');

    const answer = await get('/api/echo', {
      headers: {
        'x-ms-client-principal': principal,
        'x-ms-client-principal-id': 'forged',
        'X-MS-CLIENT-PRINCIPAL-NAME': 'forged',
        'x-ms-client-principal-idp': 'aad',
      },
    });

    expect(await answer.json()).toMatchObject({ principal: null, user: null });
  });

  it.each([
    ['/api/echo', 201],
    ['/api/files/a/b%20c', 200],
    ['/api/numbered/17', 200],
    ['/api/numbered/x', 404],
    ['/api/files', 200],
    ['/api/silent', 204],
    ['/api/silenced', 404],
    ['/api/nowhere', 404],
    ['/echo', 404],
    ['/api/echo/a/b', 404],
    ['/api/%E0%A4%A', 404],
    ['/', 200],
  ])('GET %s is %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it('answer 404 to a method they do not list, as Azure does', async () => {
    expect((await get('/api/files/x', { method: 'POST' })).status).toBe(404);
  });

  it('prefer the literal route to the catch-all', async () => {
    expect(await (await get('/api/files/fixed')).text()).toBe('literal');
    expect(await (await get('/api/files/a/b%20c')).text()).toBe('a/b c');
  });

  it('get and give bytes unchanged', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);

    const answer = await get('/api/bytes', { method: 'POST', body: bytes });

    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
  });

  it('never see a body without a Content-Length, as in Azure', async () => {
    const body = new Blob(['streamed']).stream();

    const answer = await get('/api/echo', { method: 'POST', body, duplex: 'half' });

    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ body: '' });
  });

  it('refuse a body over the limit', async () => {
    expect((await get('/api/bytes', { method: 'POST', body: 'x'.repeat(1001) })).status).toBe(413);
  });

  it('that throw answer 500, and the host stays up', async () => {
    expect((await get('/api/boom')).status).toBe(500);
    expect(await (await get('/api/forgotten')).text()).toBe('fine');
    expect((await get('/api/echo')).status).toBe(201);
    expect(host.lines.join('\n')).toContain('rejected and not awaited');
    expect(host.unexpectedExits).toEqual([]);
  });

  it('that run too long answer 500 (functionTimeout)', async () => {
    expect((await get('/api/endless')).status).toBe(500);
    expect(host.lines.join('\n')).toContain('ran longer than 2 s');
  });

  it('cannot be registered after start-up', async () => {
    expect((await get('/api/late')).status).toBe(500);
    expect((await get('/api/too-late')).status).toBe(404);
  });

  it('may be replaced by a preInvocation hook', async () => {
    expect(await (await get('/api/hooked')).text()).toBe('replaced by a hook');
  });

  it("do not find the host's secrets in their environment", async () => {
    const env = (await (await get('/api/environment')).json()) as Record<string, string>;

    expect(Object.keys(env).filter((name) => name.startsWith('LOCAL_'))).toEqual([]);
    expect(JSON.stringify(env)).not.toContain(masterKey);
  });
});

describe('access keys', () => {
  it.each([
    ['guarded', {}, '', 401],
    ['guarded', { 'x-functions-key': functionKey }, '', 200],
    ['guarded', {}, `?code=${functionKey}`, 200],
    ['guarded', { 'x-functions-key': masterKey }, '', 200],
    ['guarded', { 'x-functions-key': 'wrong' }, `?code=${functionKey}`, 401],
    ['guarded', {}, '?code=', 401],
    ['master', { 'x-functions-key': functionKey }, '', 401],
    ['master', { 'x-functions-key': masterKey }, '', 200],
  ])('%s with %j and "%s" is %i', async (name, headers, query, status) => {
    const answer = await get(`/api/${name}${query}`, { headers: headers as Record<string, string> });

    expect(answer.status).toBe(status);
  });
});

describe('admin routes', () => {
  const admin = (path: string, init: RequestInit = {}) =>
    get(path, { method: 'POST', ...init, headers: { 'x-functions-key': masterKey, ...init.headers } });

  it('want the master key', async () => {
    expect((await get('/admin/functions/tick', { method: 'POST' })).status).toBe(401);
    expect(
      (await admin('/admin/functions/tick', { headers: { 'x-functions-key': functionKey } })).status,
    ).toBe(401);
  });

  it('know only timer and queue functions', async () => {
    expect((await admin('/admin/functions/no-such-function')).status).toBe(404);
    expect((await admin('/admin/functions/echo', { body: 'not json' })).status).toBe(400);
    expect((await admin('/admin/host/status', { method: 'GET' })).status).toBe(200);
  });
});
