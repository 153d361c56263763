import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { toUserId } from '../../../shared/kernel/ids';
import { makeGraphClient } from '../../../shared/graph/graph-client';
import { ReadOnlyHandler } from '../../../shared/graph/read-only';
import type { Directory } from '../../../shared/graph/directory';
import { graphErrorOf, makeScriptedDirectory } from '../../support/graph/scripted-directory';
import { startScriptedGraph } from '../../support/scripted-graph';
import type { ScriptedGraph } from '../../support/scripted-graph';

const id = toUserId('11111111-1111-4111-8111-111111111111');
let graph: ScriptedGraph;
let tokens = 0;

beforeAll(async () => {
  graph = await startScriptedGraph();
  graph.script = () => ({ status: 200, body: { value: [], responses: [] } });
});
afterAll(() => graph.close());

const credential = {
  getToken: async () => {
    tokens += 1;
    return { token: 'token-of-the-test', expiresOnTimestamp: 0 };
  },
};

const writes: readonly (readonly [string, (directory: Directory) => Promise<unknown>])[] = [
  ['assignLicense', (directory) => directory.assignLicense(id, { add: [], remove: ['a' as never] })],
  ['usageLocation', (directory) => directory.setUsageLocation(id, 'NL')],
  [
    'a new subscription',
    (directory) =>
      directory.createSubscription({
        resource: 'users',
        notificationUrl: 'https://x',
        clientState: 's',
        expiresAt: 1,
      }),
  ],
  ['a renewed subscription', (directory) => directory.renewSubscription('s', 1)],
  ['a deleted subscription', (directory) => directory.deleteSubscription('s')],
];

it.each(writes)('%s is refused before it gets a token', async (_name, write) => {
  const directory = makeScriptedDirectory(graph, { credential, isReadOnly: true });

  const error = await graphErrorOf(write(directory));

  expect(error.class).toBe('badRequest');
  expect(error.message).toContain('This command only reads');
  expect({ tokens, sent: graph.seen.length }).toEqual({ tokens: 0, sent: 0 });
});

it.each([
  [
    'PATCH in it',
    '/$batch',
    {
      requests: [
        { id: '1', method: 'GET', url: '/me' },
        { id: '2', method: 'PATCH', url: '/me' },
      ],
    },
  ],
  ['no list of requests', '/$batch', { value: [] }],
  ['another address', '/users/$batch', { requests: [] }],
  ['a request that only looks like it', '/me/$batch?x=/$batch', { requests: [] }],
])('so is a batch with %s', async (_name, path, body) => {
  const client = makeGraphClient(credential, graph.origin, { isReadOnly: true });

  await expect(client.api(path).post(body)).rejects.toThrow('This command only reads');
  expect(graph.seen).toEqual([]);
});

it('reads go through, in a batch too', async () => {
  const client = makeGraphClient(credential, graph.origin, { isReadOnly: true });
  await client.api('/subscribedSkus').get();
  await client.api('/$batch').post({ requests: [{ id: '1', method: 'get', url: '/users' }] });

  expect(graph.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /v1.0/subscribedSkus',
    'POST /v1.0/$batch',
  ]);
});

it.each([
  ['a request without options', undefined],
  ['a method in small letters', { method: 'get' }],
])('lets %s through as the read that it is', async (_name, options) => {
  const handler = new ReadOnlyHandler();
  const passed: string[] = [];
  handler.setNext({ execute: async ({ request }) => void passed.push(String(request)) });

  await handler.execute({ request: `${graph.origin}/v1.0/users`, ...(options && { options }) });

  expect(passed).toEqual([`${graph.origin}/v1.0/users`]);
});
