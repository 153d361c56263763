import type { AccessToken, TokenCredential } from '@azure/identity';
import { ManagedIdentityApplication } from '@azure/msal-node';

/** App Service's identity of the process; `clientId` of a user-assigned one. */
export type ManagedIdentity = { readonly clientId: string | undefined };

/**
 * The credential, with a managed identity that gives another token where claims ask for one. The credential of
 * @azure/identity gives MSAL no claims (managedIdentityCredential/index.js) and answers with the token that it keeps, so MSAL is
 * asked itself; both share one cache, and App Service is sent the hash of the token that was refused
 * (ManagedIdentityApplication.mjs).
 * @param identity undefined: the process runs under no such identity
 */
export function takingClaims(
  credential: TokenCredential,
  identity: ManagedIdentity | undefined,
): TokenCredential {
  if (identity === undefined) return credential;
  return {
    getToken: async (scopes, options) => {
      const token = await credential.getToken(scopes, options);
      if (options?.claims === undefined) return token;
      const kept = await credential.getToken(scopes);
      // Another credential of the chain, which takes claims.
      if (token?.token !== kept?.token) return token;
      return askIdentity([scopes].flat()[0] ?? '', options.claims, identity);
    },
  };
}

async function askIdentity(
  resource: string,
  claims: string,
  { clientId }: ManagedIdentity,
): Promise<AccessToken> {
  const application = new ManagedIdentityApplication(
    clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } },
  );
  const { accessToken, expiresOn } = await application.acquireToken({ resource, claims });
  return { token: accessToken, expiresOnTimestamp: expiresOn?.getTime() ?? 0 };
}
