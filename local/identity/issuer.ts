import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { systemClock } from '../../shared/kernel/clock';
import { isLoopback } from '../../shared/kernel/microsoft-cloud';
import { CodeStore } from './code-store';
import { findLocalPerson } from './people';
import type { LocalPerson } from './people';
import { renderSignInPage } from './sign-in-page';

export type IssuerOptions = {
  readonly port: number;
  readonly tenantId: string;
  /** The application that tokens are for, and that signs in. */
  readonly clientId: string;
};

export type Issuer = {
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  close(): Promise<void>;
};

const tokenSeconds = 3_600;
const longestBody = 16_384;

/**
 * An OpenID Connect issuer for the embedded cloud, with the endpoints and v2.0 tokens of Microsoft Entra ID: discovery,
 * keys, a page that offers five people, and codes with PKCE for tokens. Its keys live as long as the process.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export async function startIssuer({ port, tenantId, clientId }: IssuerOptions): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = randomUUID();
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }] };
  const codes = new CodeStore(() => systemClock.now());
  let origin = '';

  const sign = (person: LocalPerson, claims: Record<string, unknown>, seconds: number) =>
    new SignJWT({
      ver: '2.0',
      tid: tenantId,
      oid: person.id,
      name: person.displayName,
      preferred_username: person.userPrincipalName,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .setIssuer(`${origin}/${tenantId}/v2.0`)
      .setAudience(clientId)
      .setSubject(person.id)
      .setIssuedAt()
      .setNotBefore(Math.floor(systemClock.now() / 1_000))
      .setExpirationTime(Math.floor(systemClock.now() / 1_000) + seconds)
      .sign(privateKey);

  const discovery = () => ({
    issuer: `${origin}/${tenantId}/v2.0`,
    authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
    end_session_endpoint: `${origin}/${tenantId}/oauth2/v2.0/logout`,
    jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code'],
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: ['openid', 'profile'],
  });

  const authorize = (url: URL, response: ServerResponse) => {
    const query = (name: string) => url.searchParams.get(name) ?? undefined;
    const redirectUri = query('redirect_uri') ?? '';
    const problem = checkRequest(url.searchParams, clientId, redirectUri);
    if (problem !== undefined) return sendText(response, 400, problem);
    const person = findLocalPerson(query('login_hint') ?? '');
    if (person === undefined) return sendPage(response, renderSignInPage(url));
    const target = new URL(redirectUri);
    const challenge = query('code_challenge') ?? '';
    target.searchParams.set('code', codes.issue({ person, redirectUri, challenge, nonce: query('nonce') }));
    const state = query('state');
    if (state !== undefined) target.searchParams.set('state', state);
    response.writeHead(302, { location: target.href }).end();
  };

  const token = async (request: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await readText(request));
    const value = (name: string) => form.get(name) ?? '';
    const signIn =
      value('grant_type') === 'authorization_code' && value('client_id') === clientId
        ? codes.redeem(value('code'), value('code_verifier'), value('redirect_uri'))
        : undefined;
    if (signIn === undefined) {
      return sendJson(response, 400, { error: 'invalid_grant', error_description: 'The code is not right.' });
    }
    // Of this issuer alone: short tokens, so that a test need not wait for an hour.
    const wanted = Number(form.get('lifetime') ?? tokenSeconds);
    const seconds = wanted > 0 && wanted <= tokenSeconds ? wanted : tokenSeconds;
    const { person, nonce } = signIn;
    const accessToken = await sign(person, { scp: 'Ops.Use', roles: person.roles, azp: clientId }, seconds);
    // As Entra does, the ID token carries the roles too; the API must refuse it all the same.
    const idToken = await sign(
      person,
      { roles: person.roles, ...(nonce === undefined ? {} : { nonce }) },
      seconds,
    );
    sendJson(response, 200, {
      token_type: 'Bearer',
      scope: `api://${clientId}/Ops.Use openid profile`,
      expires_in: seconds,
      access_token: accessToken,
      id_token: idToken,
    });
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', origin);
    allowLoopbackPages(request, response);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const path = url.pathname.replace(`/${tenantId}`, '');
    const route = `${request.method ?? 'GET'} ${path}`;
    switch (route) {
      case 'GET /.well-known/openid-configuration':
      case 'GET /v2.0/.well-known/openid-configuration':
        return sendJson(response, 200, discovery());
      case 'GET /discovery/v2.0/keys':
        return sendJson(response, 200, keys);
      case 'GET /oauth2/v2.0/authorize':
        return authorize(url, response);
      case 'POST /oauth2/v2.0/token':
        return token(request, response);
      case 'GET /oauth2/v2.0/logout':
        return logOut(url, response);
      default:
        return sendText(response, 404, 'There is no such page.');
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) sendText(response, 400, 'The request cannot be read.');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  origin = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : port)}`;
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function checkRequest(query: URLSearchParams, clientId: string, redirectUri: string): string | undefined {
  if (query.get('client_id') !== clientId) return 'client_id is not the application of this cloud.';
  if (query.get('response_type') !== 'code') return 'response_type must be code.';
  if (query.get('code_challenge_method') !== 'S256' || !query.get('code_challenge')) {
    return 'PKCE with S256 is required.';
  }
  if (!URL.canParse(redirectUri) || !isLoopback(new URL(redirectUri).hostname)) {
    return 'redirect_uri must be on this machine.';
  }
  return undefined;
}

/** Only to pages of this machine: codes and tokens must not go elsewhere. */
function logOut(url: URL, response: ServerResponse): void {
  const target = url.searchParams.get('post_logout_redirect_uri') ?? '';
  if (URL.canParse(target) && isLoopback(new URL(target).hostname)) {
    response.writeHead(302, { location: target }).end();
  } else sendText(response, 200, 'Signed out.');
}

/** As Entra does for redirect URIs of pages: a page on this machine may fetch keys and tokens. */
function allowLoopbackPages(request: IncomingMessage, response: ServerResponse): void {
  const { origin = '' } = request.headers;
  if (!URL.canParse(origin) || !isLoopback(new URL(origin).hostname)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-headers', 'content-type');
  response.setHeader('vary', 'origin');
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > longestBody) throw new Error('The body is too long');
  }
  return text;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

function sendPage(response: ServerResponse, html: string): void {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    })
    .end(html);
}
