import type { TokenCredential } from '@azure/identity';
import type { LocalCloud } from '../../local/cloud-file';
import { graphScope } from '../../shared/kernel/microsoft-cloud';
import { UserError } from '../../shared/kernel/errors';

/**
 * Signs in at the embedded Graph as the local app. @azure/identity cannot: it insists on https for the authority.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export class EmbeddedCredential implements TokenCredential {
  readonly #graph: LocalCloud['graph'];
  readonly #now: () => number;
  #token: { token: string; expiresOnTimestamp: number } | undefined;

  constructor(graph: LocalCloud['graph'], now: () => number) {
    this.#graph = graph;
    this.#now = now;
  }

  async getToken(): Promise<{ token: string; expiresOnTimestamp: number }> {
    if (this.#token !== undefined && this.#token.expiresOnTimestamp > this.#now() + 60_000)
      return this.#token;
    const { tokenUrl, clientId, clientSecret } = this.#graph;
    const response = await fetch(tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: graphScope(this.#graph.origin),
      }),
    });
    if (!response.ok) {
      throw new UserError(
        'cli/not-signed-in',
        `The embedded Graph refuses to sign in (${String(response.status)})`,
        {
          hint: 'The file of the local cloud is from an earlier run: stop it and run `npm start` again.',
        },
      );
    }
    const answer = (await response.json()) as { access_token: string; expires_in: number };
    this.#token = {
      token: answer.access_token,
      expiresOnTimestamp: this.#now() + Number(answer.expires_in) * 1_000,
    };
    return this.#token;
  }
}
