import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBus } from '../support/bus';
import type { Bus } from '../support/bus';

let bus: Bus;
beforeAll(async () => {
  bus = await startBus({ plain: {} });
});
afterAll(() => bus.stop());

/** The status of a request with these headers, Host among them, which fetch would not let us choose. */
function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { port: bus.managementPort, host: '127.0.0.1', method, path, headers },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    asking.on('error', reject).end();
  });
}

describe('the management port on loopback', () => {
  it.each([
    ['an Origin elsewhere', { origin: 'https://evil.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['a Host elsewhere, as after a rebound name', { host: 'evil.example:5300' }],
  ])('answers nothing to a page in a browser: %s', async (_, headers) => {
    expect(await ask('GET', '/health', headers as Record<string, string>)).toBe(403);
    expect(await ask('DELETE', '/plain', headers as Record<string, string>)).toBe(403);
    expect(await ask('PUT', '/another', headers as Record<string, string>)).toBe(403);
    expect(Object.keys(bus.counters().queues)).toEqual(['plain']);
  });

  it('takes programs of this machine', async () => {
    expect(await ask('GET', '/health', { origin: 'http://localhost:7071' })).toBe(200);
    expect(await ask('GET', '/health')).toBe(200);
  });
});
