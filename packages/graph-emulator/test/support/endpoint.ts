/* eslint-disable @typescript-eslint/no-unsafe-argument -- what Graph sends is what the tests expect it to be */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { testNow } from './embedded-graph';
import type { Json } from './embedded-graph';

/** An endpoint that answers the handshake and keeps what it is told. */
export class Endpoint {
  readonly got: Json[] = [];
  posts = 0;
  status = 202;
  /** Runs while a delivery waits for its answer. */
  onDelivery: () => void = () => undefined;
  /** `late`: no answer at all, until Graph hangs up. */
  handshake: 'right' | 'wrong' | 'html' | 'late' = 'right';
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const token = new URL(request.url ?? '/', 'http://x').searchParams.get('validationToken');
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        if (token !== null) {
          if (this.handshake === 'late') return;
          response.writeHead(200, { 'content-type': this.handshake === 'html' ? 'text/html' : 'text/plain' });
          response.end(this.handshake === 'wrong' ? 'no' : token);
          return;
        }
        this.posts += 1;
        this.got.push(...(JSON.parse(text) as { value: Json[] }).value);
        this.onDelivery();
        response.writeHead(this.status).end();
      });
    });
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook?keep=me`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** One endpoint for all tests of the file that calls this, as new before each of them. */
export function useEndpoint(): Endpoint {
  const endpoint = new Endpoint();
  beforeAll(() => endpoint.start());
  beforeEach(() => {
    Object.assign(endpoint, { status: 202, handshake: 'right', posts: 0, onDelivery: () => undefined });
    endpoint.got.length = 0;
  });
  afterAll(() => endpoint.stop());
  return endpoint;
}

/** The body of a request for a subscription to all users, for a day. */
export const wishOf = (endpoint: Endpoint, change: Readonly<Record<string, unknown>> = {}) => ({
  changeType: 'updated,deleted',
  resource: 'users',
  notificationUrl: endpoint.url,
  clientState: 'only-we-know',
  expirationDateTime: new Date(testNow + 86_400_000).toISOString(),
  ...change,
});
