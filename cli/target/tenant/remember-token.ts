import type { AccessToken, TokenCredential } from '@azure/identity';
import { timing } from '../../../shared/kernel/timing';

/**
 * Asks a credential once for as long as its token lasts: the client asks before every request, and AzureCliCredential starts
 * a process of `az` each time (azureCliCredential.js of @azure/identity).
 * @param now milliseconds
 */
export function rememberToken(credential: TokenCredential, now: () => number): TokenCredential {
  let kept: { readonly scope: string; readonly token: AccessToken } | undefined;
  return {
    async getToken(scopes, options) {
      const scope = String(scopes);
      const isGood =
        kept?.scope === scope && kept.token.expiresOnTimestamp > now() + timing.commands.tokenSpare.ms;
      if (kept !== undefined && isGood) return kept.token;
      const token = await credential.getToken(scopes, options);
      kept = token === null ? undefined : { scope, token };
      return token;
    },
  };
}
