import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { graphScope } from '../../kernel/microsoft-cloud';

const Claims = z.object({ roles: z.array(z.string()).optional(), scp: z.string().optional() });

/**
 * What a token for the Graph at this origin allows: `roles` of an application, `scp` of a person; null: the token
 * cannot be read (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
 * @throws Error when the credential gives no token
 */
export async function readClaims(
  credential: TokenCredential,
  graphOrigin: string,
): Promise<readonly string[] | null> {
  const token = await credential.getToken(graphScope(graphOrigin));
  if (token === null) throw new Error('There is no token for Microsoft Graph');
  try {
    const payload = Buffer.from(token.token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { roles, scp } = Claims.parse(JSON.parse(payload));
    return [...(roles ?? []), ...(scp ?? '').split(' ').filter((scope) => scope !== '')];
  } catch {
    return null;
  }
}
