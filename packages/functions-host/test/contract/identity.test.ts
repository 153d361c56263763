import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startHostProcess } from '../support/host-process';
import type { HostProcess } from '../support/host-process';

let tokenServer: Server;
let host: HostProcess;
let status = 200;
let grants: Record<string, string>[] = [];

/** A client_credentials token endpoint that notes what it was asked. */
function startTokenServer(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      grants.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())));
      const body = { token_type: 'Bearer', expires_in: 3599, access_token: `token-${grants.length}` };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function identityOf(): Promise<{ url: string; header: string }> {
  const env = (await (await fetch(`${host.origin}/api/environment`)).json()) as Record<string, string>;
  return { url: env['IDENTITY_ENDPOINT'] ?? '', header: env['IDENTITY_HEADER'] ?? '' };
}

beforeAll(async () => {
  tokenServer = await startTokenServer();
  host = await startHostProcess({
    LOCAL_TOKEN_URL: `http://127.0.0.1:${(tokenServer.address() as AddressInfo).port}/tenant/oauth2/v2.0/token`,
    LOCAL_TOKEN_CLIENT_ID: 'the-client',
    LOCAL_TOKEN_CLIENT_SECRET: 'the-secret',
  });
});

beforeEach(() => {
  status = 200;
  grants = [];
});

afterAll(async () => {
  await host.process.stop();
  tokenServer.close();
  tokenServer.closeAllConnections();
});

describe('the identity endpoint', () => {
  it('gives the real DefaultAzureCredential a token', async () => {
    const answer = await fetch(`${host.origin}/api/token`);

    const { token, expiresOnTimestamp } = (await answer.json()) as {
      token: string;
      expiresOnTimestamp: number;
    };
    expect(token).toBe('token-1');
    expect(expiresOnTimestamp - Date.now()).toBeGreaterThan(3_500_000);
    expect(grants).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'the-client',
        client_secret: 'the-secret',
        scope: 'https://graph.microsoft.com/.default',
      },
    ]);
  });

  it("answers in App Service's shape", async () => {
    const { url, header } = await identityOf();

    const answer = await fetch(`${url}?resource=https://graph.microsoft.com/&api-version=2019-08-01`, {
      headers: { 'X-IDENTITY-HEADER': header },
    });

    expect(await answer.json()).toEqual({
      access_token: 'token-1',
      expires_on: expect.stringMatching(/^\d{10}$/),
      resource: 'https://graph.microsoft.com/',
      token_type: 'Bearer',
      client_id: 'the-client',
    });
  });

  it.each([
    ['without the header', 'resource=r&api-version=2019-08-01', {}, 401],
    ['with a wrong header', 'resource=r&api-version=2019-08-01', { 'X-IDENTITY-HEADER': 'x' }, 401],
    ['without a resource', 'api-version=2019-08-01', undefined, 400],
    ['with another version', 'resource=r&api-version=2017-09-01', undefined, 400],
  ])('refuses %s', async (_what, query, headers, expected) => {
    const { url, header } = await identityOf();

    const answer = await fetch(`${url}?${query}`, {
      headers: (headers as Record<string, string> | undefined) ?? { 'X-IDENTITY-HEADER': header },
    });

    expect(answer.status).toBe(expected);
    expect(grants).toEqual([]);
  });

  it('answers 500 without a reason to read when no token is to be had', async () => {
    const { url, header } = await identityOf();
    status = 401;

    const answer = await fetch(`${url}?resource=r&api-version=2019-08-01`, {
      headers: { 'X-IDENTITY-HEADER': header },
    });

    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('the-secret');
  });
});
