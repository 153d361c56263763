import { ManagedIdentityApplication } from '@azure/msal-node';

/**
 * A token of the app's managed identity, past what is kept. The credential of @azure/identity gives MSAL no claims
 * (managedIdentityCredential/index.js), so MSAL is asked itself; both share one cache, and App Service is sent the hash of the
 * token that was refused (ManagedIdentityApplication.mjs).
 * @param scope such as `https://graph.microsoft.com/.default`
 * @returns undefined: the process runs under no such identity
 * @throws Error the identity gives none
 */
export async function askManagedIdentity(
  scope: string,
  claims: string,
  // The identity is the one that DefaultAzureCredential reads from these very variables.
  // eslint-disable-next-line no-restricted-properties
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (environment['IDENTITY_ENDPOINT'] === undefined) return undefined;
  const clientId = environment['AZURE_CLIENT_ID'];
  const application = new ManagedIdentityApplication(
    clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } },
  );
  const { accessToken } = await application.acquireToken({ resource: scope, claims });
  return accessToken;
}
