import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { ensureError } from '../../../emulator-kit/src/errors';
import type { Broker } from '../engine/broker';
import { isSignedWith } from '../front/shared-access';
import type { SharedAccessKey } from '../front/shared-access';
import { BrokerError } from '../engine/broker-error';
import { EntityApi } from './entity-api';
import { element } from './xml';
import { isOwnRequest } from '../../../emulator-kit/src/own-request';

export type ManagementOptions = {
  readonly broker: Broker;
  readonly namespace: string;
  readonly amqpPort: number;
  /** The management API asks for a token that is signed with it; counters and health stay open. Absent: none is asked for. */
  readonly key: SharedAccessKey | undefined;
  /** It listens on loopback: only programs of this machine are answered, not pages in a browser. */
  readonly isLocal: boolean;
};

/** A description of a queue has a few kilobytes. */
const maxBodyBytes = 1_048_576;

/** HTTP beside AMQP: `GET /health`, `GET /_local/counters` for tests and demos, and the entity management API. */
export function createManagementServer(options: ManagementOptions): Server {
  const api = new EntityApi(options.broker, options.namespace);
  const server = createServer((request, response) => {
    if (options.isLocal && !isOwnRequest(request)) {
      sendXml(response, 403, errorBody(403, 'Host and Origin must be of this machine'));
      return;
    }
    answer(request, response, api, options).catch((thrown: unknown) => {
      const status = toHttpStatus(thrown);
      sendXml(response, status, errorBody(status, ensureError(thrown).message));
    });
  });
  // Longer than clients keep idle connections: none is closed under a request that is on its way.
  server.keepAliveTimeout = 65_000;
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  api: EntityApi,
  { broker, amqpPort, key }: ManagementOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const method = request.method ?? 'GET';
  if (method === 'GET' && url.pathname === '/health') {
    sendJson(response, { status: 'healthy', amqpPort });
    return;
  }
  if (method === 'GET' && url.pathname === '/_local/counters') {
    sendJson(response, { queues: broker.counters() });
    return;
  }
  if (key !== undefined && !isSignedWith(key, request.headers.authorization, broker.env.clock.now())) {
    sendXml(response, 401, errorBody(401, 'The token is not signed with the key of this broker'));
    return;
  }
  const body = await readBody(request);
  const reply = api.answer({
    method,
    path: decodeURIComponent(url.pathname).replace(/^\/|\/$/g, ''),
    query: url.searchParams,
    ifMatch: request.headers['if-match'],
    body,
  });
  broker.env.journal.commit();
  sendXml(response, reply.status, reply.body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new BrokerError('invalid-request', 'The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendXml(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/atom+xml;type=entry;charset=utf-8' });
  response.end(body);
}

/** The form in which the service tells errors. */
function errorBody(status: number, detail: string): string {
  return `<Error>${element('Code', status)}${element('Detail', detail)}</Error>`;
}

function toHttpStatus(thrown: unknown): number {
  if (thrown instanceof URIError) return 400;
  if (!(thrown instanceof BrokerError)) return 500;
  switch (thrown.code) {
    case 'entity-not-found':
      return 404;
    case 'entity-already-exists':
      return 409;
    default:
      return 400;
  }
}
