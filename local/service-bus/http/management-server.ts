import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Broker } from '../engine/broker';

export type ManagementOptions = {
  readonly broker: Broker;
  readonly namespace: string;
  readonly amqpPort: number;
};

/** HTTP beside AMQP: health, counters for tests and demos, and the entity management API. */
export function createManagementServer(options: ManagementOptions): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.method !== 'GET') send(405, { error: `${request.method ?? ''} is not supported` });
    else if (path === '/health') send(200, { status: 'healthy', amqpPort: options.amqpPort });
    else if (path === '/_local/counters') send(200, { queues: options.broker.counters() });
    else send(404, { error: `There is nothing at ${path}` });
  });
}
