import { createHash, randomBytes } from 'node:crypto';
import { SignJWT, createLocalJWKSet, exportJWK, generateKeyPair } from 'jose';
import type { BrowserContext, Request, Route } from 'playwright-core';

export const entraOrigin = 'https://login.microsoftonline.com';

export type EntraOptions = {
  readonly tenantId: string;
  readonly clientId: string;
  /** Registered for the platform "single-page application": compared as a whole. */
  readonly redirectUri: string;
  readonly person: {
    readonly oid: string;
    readonly userPrincipalName: string;
    readonly roles: readonly string[];
  };
  /** Milliseconds: the clock of what judges the tokens. */
  readonly now: () => number;
};

type Grant = { readonly challenge: string; readonly scope: string };

const accessTokenSeconds = 4_500;

/**
 * Answers a browser in the place of Entra's v2.0 endpoints, strictly by what these pages say:
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow (PKCE; tokens of a page are redeemed
 * across origins alone), https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference,
 * https://learn.microsoft.com/entra/identity-platform/refresh-tokens#token-lifetime, and the discovery document that
 * https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc shows. `asked`: the token requests, in order.
 */
export async function standInForEntra(context: BrowserContext, options: EntraOptions) {
  const { tenantId, clientId, redirectUri, person, now } = options;
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = 'entra-key';
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' };
  const base = `${entraOrigin}/${tenantId}`;
  const issuer = `${base}/v2.0`;
  const codes = new Map<string, Grant>();
  const refreshTokens = new Set<string>();
  const asked: URLSearchParams[] = [];
  /** What was not as the documentation asks for. */
  const faults: string[] = [];

  const sign = (claims: Record<string, unknown>) => {
    const seconds = Math.floor(now() / 1_000);
    return new SignJWT({
      ver: '2.0',
      tid: tenantId,
      oid: person.oid,
      sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
      name: 'Ann of Operations',
      preferred_username: person.userPrincipalName,
      roles: person.roles,
      uti: randomBytes(16).toString('base64url'),
      rh: '0.AAAA',
      iss: issuer,
      aud: clientId,
      iat: seconds,
      nbf: seconds,
      exp: seconds + accessTokenSeconds,
      ...claims,
    })
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid })
      .sign(privateKey);
  };

  const discovery = {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer,
    request_uri_parameter_supported: false,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
  };

  const authorize = (route: Route, query: URLSearchParams) => {
    const wanted = query.get('scope')?.split(' ') ?? [];
    const expected = {
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(expected))
      if (query.get(name) !== value) faults.push(`${name} is ${query.get(name) ?? 'missing'}`);
    if (!['openid', 'offline_access'].every((one) => wanted.includes(one)))
      faults.push(`scope is ${wanted.join(' ')}`);
    // Scopes of one API alone may be asked for at once (AADSTS28000).
    const apis = new Set(
      wanted.filter((one) => one.startsWith('api://')).map((one) => one.replace(/\/[^/]*$/, '')),
    );
    if (apis.size !== 1 || !apis.has(`api://${clientId}`)) faults.push(`scope is ${wanted.join(' ')}`);
    const code = `0.${randomBytes(32).toString('base64url')}`;
    codes.set(code, { challenge: query.get('code_challenge') ?? '', scope: wanted.join(' ') });
    const target = new URL(redirectUri);
    target.search = new URLSearchParams({
      code,
      state: query.get('state') ?? '',
      session_state: '7b1d4f2a-0000-4000-8000-000000000001',
    }).toString();
    const link = target.href.replaceAll('&', '&amp;');
    return route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Sign in</title><a href="${link}">Ann of Operations</a>`,
    });
  };

  const token = async (route: Route, request: Request) => {
    const form = new URLSearchParams(request.postData() ?? '');
    asked.push(form);
    const { origin } = await request.allHeaders();
    const refuse = (code: string) => {
      faults.push(code);
      return route.fulfill({
        status: 400,
        headers: { 'access-control-allow-origin': '*' },
        json: { error: 'invalid_grant', error_description: code },
      });
    };
    // AADSTS9002327: tokens of a single-page application are redeemed across origins alone.
    if (origin !== new URL(redirectUri).origin) return refuse('AADSTS9002327');
    if (form.get('client_id') !== clientId) return refuse('AADSTS700016');
    if (form.has('client_secret')) return refuse('AADSTS700025');
    if (form.get('grant_type') === 'authorization_code') {
      const grant = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const verifier = form.get('code_verifier') ?? '';
      if (grant === undefined) return refuse('AADSTS54005');
      if (createHash('sha256').update(verifier).digest('base64url') !== grant.challenge)
        return refuse('AADSTS501481');
      if (form.get('redirect_uri') !== redirectUri) return refuse('AADSTS50011');
    } else if (
      form.get('grant_type') !== 'refresh_token' ||
      !refreshTokens.delete(form.get('refresh_token') ?? '')
    ) {
      return refuse('AADSTS70000');
    }
    const refreshToken = `1.${randomBytes(32).toString('base64url')}`;
    refreshTokens.add(refreshToken);
    return route.fulfill({
      headers: { 'access-control-allow-origin': origin ?? '' },
      json: {
        token_type: 'Bearer',
        scope: `api://${clientId}/Ops.Use`,
        expires_in: accessTokenSeconds,
        ext_expires_in: accessTokenSeconds,
        access_token: await sign({ scp: 'Ops.Use', azp: clientId, azpacr: '0' }),
        refresh_token: refreshToken,
        id_token: await sign({}),
      },
    });
  };

  await context.route(`${entraOrigin}/**`, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const cors = { 'access-control-allow-origin': '*' };
    switch (`${request.method()} ${url.pathname.replace(`/${tenantId}`, '')}`) {
      case 'GET /v2.0/.well-known/openid-configuration':
        return route.fulfill({ headers: cors, json: discovery });
      case 'GET /discovery/v2.0/keys':
        return route.fulfill({ headers: cors, json: { keys: [jwk] } });
      case 'GET /oauth2/v2.0/authorize':
        return authorize(route, url.searchParams);
      case 'POST /oauth2/v2.0/token':
        return token(route, request);
      default:
        faults.push(`${request.method()} ${url.pathname}`);
        return route.fulfill({ status: 404, headers: cors, body: '' });
    }
  });
  return { keys: createLocalJWKSet({ keys: [jwk] }), asked, faults };
}
