import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeOpsApp } from '../../../shared/ops-api/app';
import { makeTokenVerifier, refuseAll } from '../../../shared/ops-api/identity/verify-token';
import { routes } from '../../../shared/ops-api/routes/all-routes';
import type { AnyRoute } from '../../../shared/ops-api/route';
import { clientId, makeMemoryRecords, makeOpsWorld, people } from '../../support/ops-world';

type World = Awaited<ReturnType<typeof makeOpsWorld>>;
let world: World;
beforeAll(async () => {
  world = await makeOpsWorld();
});

const pathOf = ({ path }: AnyRoute) => path.replace(/\{\w+\}/g, 'x');
const bodyOf = ({ method }: AnyRoute) => (method === 'get' ? undefined : {});
const each = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const unsigned = (claims: object) =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
const day = 86_400;

/** Tokens that must never be accepted, whatever roles they claim. */
const forged: readonly (readonly [string, (world: World) => Promise<string | null>])[] = [
  ['no token', async () => null],
  ['an expired token', ({ token, now }) => token('both', { exp: now() / 1_000 - 61, nbf: 0, iat: 0 })],
  ['a token of tomorrow', ({ token, now }) => token('both', { nbf: now() / 1_000 + day })],
  [
    'a token of another tenant',
    ({ token }) => token('both', { tid: 'bbbbbbbb-0000-4000-8000-000000000001' }),
  ],
  [
    'a token of another issuer',
    ({ token }) => token('both', { iss: 'https://login.example/bbbbbbbb-0000-4000-8000-000000000001/v2.0' }),
  ],
  ['a token for another app', ({ token }) => token('both', { aud: 'https://graph.microsoft.com' })],
  ['a v1.0 token', ({ token }) => token('both', { ver: '1.0' })],
  [
    // Same audience, roles and person; no scope.
    'an ID token',
    ({ token }) => token('both', { scp: undefined, azp: undefined, nonce: 'n-1', sub: 'pairwise' }),
  ],
  [
    'an ID token that names its client',
    ({ token }) => token('both', { scp: undefined, azp: clientId, sub: people.both.oid }),
  ],
  ['a token without the scope', ({ token }) => token('both', { scp: 'User.Read' })],
  ['a token by an unknown key', ({ token, strangerKey }) => token('both', {}, { key: strangerKey })],
  [
    'a token by an unknown key id',
    ({ token, strangerKey }) => token('both', {}, { key: strangerKey, kid: 'key-9' }),
  ],
  [
    'an unsigned token',
    async ({ now }) => unsigned({ oid: people.both.oid, aud: clientId, exp: now() / 1_000 + day }),
  ],
];

it.each(forged)('every route answers 401 to %s, and does nothing', async (_what, make) => {
  const own = await makeOpsWorld();
  const bearer = await make(own);
  for (const [index, [name, route]] of each.entries()) {
    const answer = await own.call('both', route.method.toUpperCase(), pathOf(route), bodyOf(route), {
      bearer,
      headers: {
        // Only the platform sets these, and nothing here believes them.
        'x-ms-client-principal-id': people.both.oid,
        'x-ms-client-principal': 'e30=',
        'x-forwarded-for': `10.0.0.${String(index)}`,
      },
    });

    expect([name, answer.status, answer.headers.get('www-authenticate')]).toEqual([
      name,
      401,
      expect.stringMatching(/^Bearer/),
    ]);
    expect(answer.body).toMatchObject({ status: 401, code: expect.stringMatching(/^ops\//) });
  }
  expect(own.audit).toEqual([]);
  expect(own.sent).toEqual([]);
});

it.each([
  ['none', ['Viewer', 'Operator', 'Approver']],
  ['viewer', ['Operator', 'Approver']],
  ['operator', ['Approver']],
  ['approver', ['Operator']],
] as const)(
  '%s is answered 403 by every route that takes %j, and the audit has it',
  async (person, roles) => {
    const own = await makeOpsWorld();
    const refused = routes.filter(({ role }) => (roles as readonly string[]).includes(role));
    for (const route of refused) {
      own.advance(2_000);
      const answer = await own.call(person, route.method.toUpperCase(), pathOf(route), bodyOf(route));

      expect([route.id, answer.status, answer.body['code'], answer.body['needs']]).toEqual([
        route.id,
        403,
        'ops/role-missing',
        route.role,
      ]);
      expect(own.audit[0]).toMatchObject({
        result: 'refused',
        byId: people[person].oid,
        by: `${person}@contoso.com`,
      });
    }
    expect(refused.length).toBeGreaterThan(2);
    expect(own.audit.length).toBe(refused.length);
    expect(own.sent).toEqual([]);
  },
);

describe('an application', () => {
  it('acts with its role, and never approves', async () => {
    const app = {
      scp: undefined,
      roles: ['Operator', 'Approver'],
      azp: 'batch',
      sub: people.both.oid,
      preferred_username: undefined,
    };
    const bearer = await world.token('both', app);

    expect(await world.call('both', 'GET', '/me', undefined, { bearer })).toMatchObject({
      status: 200,
      body: { kind: 'app', roles: ['Operator'], name: 'batch' },
    });
    const approval = await world.call('both', 'POST', '/approvals/x/approve', {}, { bearer });
    expect(approval.status).toBe(403);
  });
});

describe('an app without sign-in', () => {
  it('answers 503 to everything but the document', async () => {
    const app = makeOpsApp({ ops: world.ops, answers: makeMemoryRecords(), verify: refuseAll });
    const ask = (path: string) => app.fetch(new Request(`http://localhost/api/ops/v1${path}`));

    expect((await ask('/me')).status).toBe(503);
    expect((await ask('/openapi.json')).status).toBe(200);
  });
});

describe('every route', () => {
  it('is one of the list that these tests go through, but for the document', () => {
    const server = readFileSync(join(__dirname, '../../../shared/ops-api/app.ts'), 'utf8');
    const registered = [...server.matchAll(/\bapp\s*\.(\w+)\(/g)].map(([, how]) => how);

    expect(registered.sort()).toEqual(['fetch', 'get', 'getOpenAPI31Document', 'notFound', 'on', 'onError']);
    expect(server).toContain('app.get(`${basePath}/openapi.json`');
    expect(server).toContain('for (const route of routes)');
  });

  it('says which role it takes, and has a name of its own', () => {
    expect(routes.every(({ role }) => ['Viewer', 'Operator', 'Approver', 'signedIn'].includes(role))).toBe(
      true,
    );
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
    expect(routes.filter(({ role, method }) => role === 'signedIn' && method === 'post')).toEqual([]);
  });

  it('that is not a read is written into the audit', () => {
    const silent = routes.filter(
      ({ method, action, role }) => method === 'post' && action === undefined && role !== 'Viewer',
    );
    expect(silent).toEqual([]);
  });
});

describe('keys', () => {
  it('are read again for an unknown one at most once in five minutes', async () => {
    let reads = 0;
    const server = createServer((_request, response) => {
      reads++;
      response.setHeader('content-type', 'application/json').end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const verify = makeTokenVerifier(
      {
        authority: `http://127.0.0.1:${String(port)}`,
        tenantId: 'aaaaaaaa-0000-4000-8000-000000000001',
        clientId,
      },
      world.ops.services.clock,
    );
    for (let index = 0; index < 5; index++) {
      await expect(verify(`Bearer ${await world.token('both')}`)).rejects.toMatchObject({ status: 401 });
    }
    expect(reads).toBe(1);
    server.close();
  });
});

describe('held changes', () => {
  it('are started by an Approver, who needs no other role, and by no Operator', async () => {
    const own = await makeOpsWorld();
    const body = { kind: 'held', why: 'looked at' };

    expect((await own.call('operator', 'POST', '/rollouts', body)).body['needs']).toBe('Approver');
    expect((await own.call('approver', 'POST', '/rollouts', body)).status).not.toBe(403);
    expect((await own.call('approver', 'POST', '/rollouts', { kind: 'census' })).body['needs']).toBe(
      'Operator',
    );
  });
});

describe('bad tokens', () => {
  const from = (address: string) => ({ bearer: 'a.b.c', headers: { 'x-forwarded-for': address } });

  it('count against the address that the platform saw, whatever the caller sends before it', async () => {
    const own = await makeOpsWorld();
    const statuses = [];
    for (let n = 0; n < 30; n++) {
      const forwarded = `203.0.113.${String(n)}, 198.51.100.7:${String(40_000 + n)}`;
      statuses.push((await own.call('both', 'GET', '/me', undefined, from(forwarded))).status);
    }

    expect(statuses.slice(0, 20).every((status) => status === 401)).toBe(true);
    expect(statuses.slice(21)).toEqual(statuses.slice(21).map(() => 429));
  });

  it('do not lock out who signs in from the same address', async () => {
    const own = await makeOpsWorld();
    for (let n = 0; n < 30; n++) await own.call('both', 'GET', '/me', undefined, from('198.51.100.7:1'));

    const good = await own.call('both', 'GET', '/me', undefined, {
      headers: { 'x-forwarded-for': '198.51.100.7:2' },
    });

    expect(good.status).toBe(200);
  });
});
