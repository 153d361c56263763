import type { TokenCredential } from '@azure/identity';

/** Asks the embedded Graph's own token endpoint; @azure/identity insists on https for it. */
export function makeEmbeddedCredential(graph: {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}): TokenCredential {
  return {
    getToken: async (scopes) => {
      const response = await fetch(graph.tokenUrl, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: graph.clientId,
          client_secret: graph.clientSecret,
          scope: String(scopes),
        }),
      });
      if (!response.ok) throw new Error(`The token endpoint answered ${response.status}`);
      const { access_token: token } = (await response.json()) as { access_token: string };
      return { token, expiresOnTimestamp: 0 };
    },
  };
}
