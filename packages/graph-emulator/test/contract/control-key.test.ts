import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGraph } from '../../src/start-graph';
import type { RunningGraph } from '../../src/start-graph';
import { makeTenant } from '../../src/tenant/make-tenant';

let graph: RunningGraph;
beforeAll(async () => {
  graph = await startGraph({ tenant: makeTenant({ users: 5, seed: 1 }), controlKey: 'the-key' });
});
afterAll(() => graph.stop());

/** The status of a request with these headers, Host among them, which fetch would not let us choose. */
function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { port: graph.port, host: '127.0.0.1', method, path: `/_local${path}`, headers },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    asking.on('error', reject).end(method === 'POST' || method === 'PATCH' ? '{"latencyMs":0}' : undefined);
  });
}
const key = { 'x-licenser-control': 'the-key' };

describe('the control API', () => {
  it('is open for reading, and takes changes with its key', async () => {
    expect(await ask('GET', '/state')).toBe(200);
    expect(await ask('POST', '/faults', key)).toBe(200);
    expect(await ask('DELETE', '/faults', key)).toBe(200);
  });

  it.each([
    ['no key', {}],
    ['another key', { 'x-licenser-control': 'the-keys' }],
    ['an empty key', { 'x-licenser-control': '' }],
    // What a page can send without asking first: https://fetch.spec.whatwg.org/#cors-safelisted-request-header
    ['the body of a form', { 'content-type': 'text/plain' }],
  ])('changes nothing with %s', async (_, headers) => {
    for (const [method, path] of [
      ['POST', '/faults'],
      ['DELETE', '/faults'],
      ['POST', '/users'],
      ['POST', '/clients'],
      ['PATCH', '/skus/efccb6f7-5641-4e0e-bd10-b4976e1bf68e'],
    ] as const) {
      expect(await ask(method, path, headers as Record<string, string>)).toBe(401);
    }
  });

  it.each([
    ['an Origin elsewhere', { origin: 'https://evil.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['an Origin that begins like this machine', { origin: 'http://127.0.0.1.evil.example' }],
    ['a Host elsewhere, as after a rebound name', { host: 'evil.example' }],
    ['a Host that begins like this machine', { host: 'localhost.evil.example' }],
  ])('answers nothing to %s, even with the key', async (_, headers) => {
    expect(await ask('POST', '/faults', { ...key, ...headers })).toBe(403);
    expect(await ask('GET', '/state', headers as Record<string, string>)).toBe(403);
  });

  it.each(['http://localhost:5173', 'http://127.0.0.1:7071', 'http://[::1]:80'])(
    'takes %s as its own',
    async (origin) => {
      expect(await ask('POST', '/faults', { ...key, origin })).toBe(200);
    },
  );
});
