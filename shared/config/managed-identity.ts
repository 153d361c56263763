/**
 * The identity that App Service gives this process, from the variables that DefaultAzureCredential reads too; undefined: none.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function readManagedIdentity(
  environment: NodeJS.ProcessEnv = process.env,
): { readonly clientId: string | undefined } | undefined {
  if (environment['IDENTITY_ENDPOINT'] === undefined) return undefined;
  return { clientId: environment['AZURE_CLIENT_ID'] };
}
