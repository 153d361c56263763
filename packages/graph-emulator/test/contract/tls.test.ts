import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addNewcomer } from '../../src/people/add-newcomer';
import { startGraph } from '../../src/start-graph';
import type { RunningGraph } from '../../src/start-graph';
import { makeTenant } from '../../src/tenant/make-tenant';
import { add, testNow } from '../support/embedded-graph';
import type { Json } from '../support/embedded-graph';
import { makeCertificate } from '../support/self-signed-certificate';

const certificate = makeCertificate();
let folder: string;
let graph: RunningGraph;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graph-tls-'));
  graph = await startGraph({
    tenant: makeTenant({ users: 20, seed: 7 }),
    clock: { now: () => testNow },
    tls: certificate,
  });
});
afterAll(async () => {
  await graph.stop();
  rmSync(folder, { recursive: true });
});

type Asked = { method?: string; body?: string; headers?: Record<string, string>; ca?: string | undefined };

async function ask(
  url: string,
  { method = 'GET', body, headers = {}, ca = certificate.cert }: Asked = {},
): Promise<{ status: number | undefined; protocol: string; body: Json }> {
  const outgoing = request(url, { method, headers, ca, agent: false });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const protocol = String((incoming.socket as TLSSocket).getProtocol());
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return { status: incoming.statusCode, protocol, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
}

function askToken(tokenUrl: string, clientId: string, clientSecret: string, ca?: string) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  });
  return ask(tokenUrl, {
    method: 'POST',
    body: body.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    ...(ca === undefined ? {} : { ca }),
  });
}

describe('over TLS', () => {
  it('gives a token, and takes it for a read and a write', async () => {
    const properties = { userPrincipalName: 'tls@contoso.com', displayName: 'TLS', usageLocation: 'NL' };
    const { id } = addNewcomer(graph.engine, { properties });
    const token = await askToken(graph.tokenUrl, graph.clientId, graph.clientSecret);
    const headers = {
      authorization: `Bearer ${token.body.access_token}`,
      'content-type': 'application/json',
    };

    const read = await ask(`${graph.origin}/v1.0/users/${id}`, { headers });
    const written = await ask(`${graph.origin}/v1.0/users/${id}/assignLicense`, {
      method: 'POST',
      headers,
      body: JSON.stringify(add('EMS')),
    });

    expect(graph.tokenUrl).toMatch(/^https:/);
    expect([token.status, token.protocol]).toEqual([200, 'TLSv1.3']);
    expect([read.status, read.body.id]).toEqual([200, id]);
    expect([written.status, written.body.assignedLicenses.length]).toEqual([200, 1]);
  });

  it('names https addresses in the OpenID metadata', async () => {
    const { tenantId } = graph.engine.tenant.facts;

    const { body } = await ask(`${graph.origin}/${tenantId}/v2.0/.well-known/openid-configuration`);

    expect(body.token_endpoint).toBe(graph.tokenUrl);
  });

  it('is not trusted by a client that does not know the certificate', async () => {
    const other = makeCertificate().cert;

    await expect(ask(`${graph.origin}/health`, { ca: other })).rejects.toThrow(
      /self-signed|unable to verify/,
    );
  });
});

describe('the process', () => {
  let child: ChildProcess | undefined;
  afterAll(() => {
    child?.kill('SIGKILL');
  });

  it('serves TLS with the certificate and key of two files', async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(cert, certificate.cert);
    writeFileSync(key, certificate.key, { mode: 0o600 });
    const entry = join(__dirname, '..', '..', 'dist', 'graph-emulator', 'src', 'main.js');
    child = spawn(process.execPath, [entry, '--port', '0', '--tls-cert', cert, '--tls-key', key], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [ready] = (await once(child, 'message')) as [Record<string, string>];

    const token = await askToken(ready.tokenUrl ?? '', ready.clientId ?? '', ready.clientSecret ?? '');
    const headers = { authorization: `Bearer ${token.body.access_token}` };
    const { status } = await ask(`${ready.origin}/v1.0/users?$top=1`, { headers });
    child.disconnect();
    await once(child, 'exit');

    expect(ready.origin).toMatch(/^https:/);
    expect([token.status, status]).toEqual([200, 200]);
  });
});
