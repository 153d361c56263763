import { Hono } from 'hono';
import type { Engine } from '../engine/engine';
import type { Clients } from './clients';

/**
 * The client credentials grant, and the metadata by which libraries find it.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function tokenEndpoint(engine: Engine, clients: Clients): Hono {
  const app = new Hono();
  const { tenantId, domains } = engine.tenant.facts;
  const isTenant = (text: string) => [tenantId, ...domains].includes(text.toLowerCase());

  app.post('/:tenant/oauth2/v2.0/token', async (c) => {
    const refuse = (error: string, code: number, text: string) =>
      c.json(
        {
          error,
          error_description: `AADSTS${code}: ${text}`,
          error_codes: [code],
          timestamp: new Date(engine.clock.now()).toISOString(),
        },
        error === 'invalid_client' ? 401 : 400,
      );
    if (!isTenant(c.req.param('tenant'))) {
      return refuse('invalid_request', 90002, `Tenant '${c.req.param('tenant')}' not found.`);
    }
    const form = new URLSearchParams(await c.req.text());
    if (form.get('grant_type') !== 'client_credentials') {
      return refuse('unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    }
    if (!/(^|\/)\.default$/.test(form.get('scope') ?? '')) {
      return refuse('invalid_scope', 70011, 'The provided value for scope must end in /.default.');
    }
    const basic = readBasic(c.req.header('authorization'));
    const id = form.get('client_id') ?? basic?.id ?? '';
    const issued = clients.issue(id, form.get('client_secret') ?? basic?.secret ?? '');
    if (issued === 'invalid_client') {
      return refuse('invalid_client', 7000215, 'Invalid client secret provided.');
    }
    return c.json({
      token_type: 'Bearer',
      expires_in: issued.expiresIn,
      ext_expires_in: issued.expiresIn,
      access_token: issued.token,
    });
  });

  app.get('/:tenant/v2.0/.well-known/openid-configuration', (c) => {
    const origin = new URL(c.req.url).origin;
    const base = `${origin}/${tenantId}`;
    return c.json({
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      issuer: `${base}/v2.0`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
  });
  return app;
}

function readBasic(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id: decodeURIComponent(id), secret: decodeURIComponent(rest.join(':')) };
}
