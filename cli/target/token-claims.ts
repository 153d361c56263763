import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';

const Claims = z.object({ roles: z.array(z.string()).optional(), scp: z.string().optional() });

/**
 * What a Graph token allows: `roles` of an application, `scp` of a person; null: it is none that can be read
 * (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
 */
export async function readClaims(credential: TokenCredential): Promise<readonly string[] | null> {
  const token = await credential.getToken('https://graph.microsoft.com/.default');
  if (token === null) throw new Error('There is no token for Microsoft Graph');
  try {
    const payload = Buffer.from(token.token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { roles, scp } = Claims.parse(JSON.parse(payload));
    return [...(roles ?? []), ...(scp ?? '').split(' ').filter((scope) => scope !== '')];
  } catch {
    return null;
  }
}
