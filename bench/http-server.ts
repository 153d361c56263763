import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { AddressInfo } from 'node:net';
import { addNewcomer } from '../local/graph/control/sync-wave';
import { startGraph } from '../local/graph/start-graph';
import { makeTenant } from '../local/tenant/make-tenant';

/** What a measured server tells its parent once it listens. */
export type Listening = {
  readonly port: number;
  /** Ids of users without a license, for the Graph only. */
  readonly ids: readonly string[];
  readonly token: string;
};

/** The embedded Graph with `users` users and 1,000 more to be licensed. */
async function listenGraph(users: number): Promise<Listening> {
  const settings = { quotaFactor: 1_000_000 };
  const graph = await startGraph({ tenant: makeTenant({ users, seed: 1 }), settings });
  const ids = Array.from({ length: 1_000 }, (_, index) => {
    const userPrincipalName = `bench.${index}@contoso.com`;
    const displayName = `Bench ${index}`;
    const properties = { userPrincipalName, displayName, usageLocation: 'NL', accountEnabled: true };
    return addNewcomer(graph.engine, { properties }).id;
  });
  const response = await fetch(graph.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: graph.clientId,
      client_secret: graph.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return { port: graph.port, ids, token };
}

/** A route that reads JSON and answers JSON, and does nothing else. */
async function listenEmpty(): Promise<Listening> {
  const app = new Hono();
  app.post('/empty', async (c) => c.json({ got: typeof (await c.req.json()) }));
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started));
  });
  return { port: (server.address() as AddressInfo).port, ids: [], token: '' };
}

/** `http-server.js graph USERS` or `http-server.js empty`, started with an IPC channel; ends with its parent. */
async function main([kind, users]: readonly string[]): Promise<void> {
  const listening = kind === 'graph' ? await listenGraph(Number(users)) : await listenEmpty();
  process.on('disconnect', () => process.exit(0));
  process.send?.(listening);
}

void main(process.argv.slice(2));
