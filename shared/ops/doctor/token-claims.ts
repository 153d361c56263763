import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { graphScope } from '../../kernel/microsoft-cloud';

const Claims = z.object({ roles: z.array(z.string()).optional(), scp: z.string().optional() });
const Identity = z.object({
  tid: z.string().optional(),
  oid: z.string().optional(),
  appid: z.string().optional(),
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  app_displayname: z.string().optional(),
});

/**
 * `account`: object id of the person or application; `application`: the one that asks, by its client id; `name`: for people.
 * undefined: the token does not tell.
 */
export type WhoIs = {
  readonly tenantId: string | undefined;
  readonly account: string | undefined;
  readonly application: string | undefined;
  readonly name: string | undefined;
};

/**
 * What a token for the Graph at this origin allows: `roles` of an application, `scp` of a person; null: the token
 * cannot be read (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
 * @throws Error when the credential gives no token
 */
export async function readClaims(
  credential: TokenCredential,
  graphOrigin: string,
): Promise<readonly string[] | null> {
  const claims = await readToken(credential, graphOrigin, Claims);
  if (claims === null) return null;
  const { roles, scp } = claims;
  return [...(roles ?? []), ...(scp ?? '').split(' ').filter((scope) => scope !== '')];
}

/**
 * Whom a token for the Graph at this origin names; null: it cannot be read. It is not verified: for people, and to keep
 * apart what belongs to different accounts.
 * @throws Error when the credential gives no token
 */
export async function readWhoIs(credential: TokenCredential, graphOrigin: string): Promise<WhoIs | null> {
  const claims = await readToken(credential, graphOrigin, Identity);
  if (claims === null) return null;
  const { tid, oid, appid, upn, unique_name: name, app_displayname: app } = claims;
  return { tenantId: tid, account: oid ?? appid, application: appid, name: upn ?? name ?? app ?? appid };
}

async function readToken<Read>(
  credential: TokenCredential,
  graphOrigin: string,
  schema: z.ZodType<Read>,
): Promise<Read | null> {
  const token = await credential.getToken(graphScope(graphOrigin));
  if (token === null) throw new Error('There is no token for Microsoft Graph');
  try {
    return schema.parse(
      JSON.parse(Buffer.from(token.token.split('.')[1] ?? '', 'base64url').toString('utf8')),
    );
  } catch {
    return null;
  }
}
