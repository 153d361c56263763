import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Clock } from '../../emulator-kit/src/clock';
import { ensureError } from '../../emulator-kit/src/errors';
import type { Logger } from '../../emulator-kit/src/logger';
import { Secret } from '../../emulator-kit/src/secret';

export type TokenSource = {
  /** An OAuth 2.0 token endpoint that knows the client_credentials grant. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
};

const TokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number() });

const apiVersion = '2019-08-01';

/**
 * App Service's identity endpoint: `GET /msi/token?resource=…&api-version=2019-08-01` with the header
 * `X-IDENTITY-HEADER`, so that DefaultAzureCredential finds a managed identity here as it does in Azure.
 * Source: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export class IdentityEndpoint {
  readonly #source: TokenSource;
  readonly #header: Secret;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #server: Server;
  /** http://127.0.0.1:PORT/msi/token, once started. */
  url = '';

  constructor(options: { source: TokenSource; header: Secret; clock: Clock; log: Logger }) {
    this.#source = options.source;
    this.#header = options.header;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  /** On 127.0.0.1; port 0, the default: any free one. */
  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/msi/token`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const header = request.headers['x-identity-header'];
    const resource = url.searchParams.get('resource');
    if (url.pathname !== '/msi/token' || request.method !== 'GET') return refuse(response, 404, 'Not found');
    if (typeof header !== 'string' || !this.#header.equals(header))
      return refuse(response, 401, 'Wrong X-IDENTITY-HEADER');
    if (!resource) return refuse(response, 400, 'The parameter "resource" is missing');
    if (url.searchParams.get('api-version') !== apiVersion) {
      return refuse(response, 400, `The parameter "api-version" must be ${apiVersion}`);
    }
    try {
      writeJson(response, 200, await this.#fetchToken(resource));
    } catch (thrown) {
      this.#log.warn('No token for the managed identity', { error: ensureError(thrown).message });
      refuse(response, 500, 'No token could be obtained');
    }
  }

  async #fetchToken(resource: string): Promise<Record<string, string>> {
    const { tokenUrl, clientId, clientSecret } = this.#source;
    const answer = await fetch(tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret.reveal(),
        scope: `${resource.replace(/\/+$/, '')}/.default`,
      }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`The token endpoint answered ${answer.status}`);
    const token = TokenAnswer.parse(await answer.json());
    return {
      access_token: token.access_token,
      expires_on: String(Math.floor(this.#clock.now() / 1000 + token.expires_in)),
      resource,
      token_type: 'Bearer',
      client_id: clientId,
    };
  }
}

/** The endpoint of a host that runs elsewhere, for a program that has its secrets as texts. */
export type ServedIdentity = {
  /** IDENTITY_ENDPOINT: http://127.0.0.1:PORT/msi/token */
  readonly url: string;
  stop(): void;
};

/**
 * Serves the identity endpoint beside a functions host that has none, such as Microsoft's on a developer's machine.
 * @param options `header`: IDENTITY_HEADER, which the app must send; `port` 0: any free one
 */
export async function serveIdentity(options: {
  readonly source: Omit<TokenSource, 'clientSecret'> & { readonly clientSecret: string };
  readonly header: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<ServedIdentity> {
  const { source, header, port, clock, log } = options;
  const endpoint = new IdentityEndpoint({
    source: { ...source, clientSecret: new Secret(source.clientSecret) },
    header: new Secret(header),
    clock,
    log,
  });
  await endpoint.start(port);
  return endpoint;
}

function writeJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}

function refuse(response: ServerResponse, statusCode: number, message: string): void {
  writeJson(response, statusCode, { statusCode, message });
}
