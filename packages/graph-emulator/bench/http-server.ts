import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addNewcomer } from '../src/people/add-newcomer';
import { startGraph } from '../src/start-graph';
import { makeTenant } from '../src/tenant/make-tenant';

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

/** A bare node:http route that reads JSON and answers JSON, and does nothing else. */
async function listenEmpty(): Promise<Listening> {
  const server = createServer(answerEmpty);
  // As the embedded Graph has it.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, ids: [], token: '' };
}

function answerEmpty(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const got: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const text = JSON.stringify({ got: typeof got });
    const length = String(Buffer.byteLength(text));
    outgoing.writeHead(200, ['content-type', 'application/json', 'content-length', length]).end(text);
  });
}

/**
 * `http-server.js graph USERS` or `http-server.js empty`, started with an IPC channel; ends with its parent. Any message
 * is answered with the processor time used so far (microseconds).
 */
async function main([kind, users]: readonly string[]): Promise<void> {
  const listening = kind === 'graph' ? await listenGraph(Number(users)) : await listenEmpty();
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.send?.(listening);
}

void main(process.argv.slice(2));
