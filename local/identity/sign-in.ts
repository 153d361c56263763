import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../shared/kernel/errors';
import type { LocalCloud } from '../cloud-file';
import { findLocalPerson, localPeople } from './people';

const Token = z.object({ access_token: z.string(), expires_in: z.number() });
export type LocalToken = { readonly token: string; readonly expiresInSeconds: number };

/** Where the code is sent; nothing listens there, the redirect is read and not followed. */
const redirectUri = 'http://127.0.0.1/signed-in';

/**
 * Signs in at the issuer of the embedded cloud as one of its people, by the same code flow with PKCE as a page.
 * `lifetimeSeconds`: of the token; default an hour.
 * @throws UserError `cli/unknown-person`, `cli/no-cloud`
 */
export async function signInLocally(
  cloud: Pick<LocalCloud, 'identity' | 'graph'>,
  name: string,
  lifetimeSeconds?: number,
): Promise<LocalToken> {
  const person = findLocalPerson(name);
  if (person === undefined) {
    throw new UserError('cli/unknown-person', `The embedded cloud has no person called ${name}`, {
      hint: `There are ${localPeople.map((one) => one.name).join(', ')}.`,
    });
  }
  const { identity, graph } = cloud;
  if (identity === undefined) throw notStarted();
  const verifier = randomBytes(32).toString('base64url');
  const base = `${identity.origin}/${graph.tenantId}/oauth2/v2.0`;
  const authorize = new URL(`${base}/authorize`);
  authorize.search = new URLSearchParams({
    client_id: identity.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: `openid api://${identity.clientId}/Ops.Use`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    login_hint: person.name,
  }).toString();
  const redirected = await ask(() => fetch(authorize, { redirect: 'manual' }));
  const code = new URL(redirected.headers.get('location') ?? redirectUri).searchParams.get('code');
  const answer = await ask(() =>
    fetch(`${base}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: identity.clientId,
        redirect_uri: redirectUri,
        code: code ?? '',
        code_verifier: verifier,
        ...(lifetimeSeconds === undefined ? {} : { lifetime: String(lifetimeSeconds) }),
      }),
    }),
  );
  if (!answer.ok) throw notStarted();
  const { access_token: token, expires_in: expiresInSeconds } = Token.parse(await answer.json());
  return { token, expiresInSeconds };
}

async function ask(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (cause) {
    throw notStarted(cause);
  }
}

function notStarted(cause?: unknown): UserError {
  return new UserError('cli/no-cloud', 'The issuer of the embedded cloud does not answer', {
    hint: 'Run `npm start` again.',
    cause,
  });
}
