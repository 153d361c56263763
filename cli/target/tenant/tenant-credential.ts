import { createRequire } from 'node:module';
import type * as azureIdentity from '@azure/identity';
import type { TokenCredential } from '@azure/identity';
import type { TenantSettings } from '../../../shared/config/tenant-settings';
import { UserError } from '../../../shared/kernel/errors';
import type { Io } from '../../io';
import { rememberToken } from './remember-token';

export type SignInOptions = {
  readonly signIn?: 'browser' | 'device';
  readonly clientId?: string;
};

/** Most commands that can look at a tenant look at the embedded cloud, and start quicker without the ways to sign in. */
const load = createRequire(__filename);

/** What signing in touches of the world. */
export type TenantIo = Pick<Io, 'complain' | 'now'>;

/**
 * Who looks at the tenant: a ready token (LICENSER_GRAPH_TOKEN), a person who signs in now, or whom DefaultAzureCredential
 * finds signed in already (az login, VS Code, environment, managed identity).
 * @throws UserError `cli/usage` for --client-id without --sign-in
 */
export function makeTenantCredential(
  { signIn, clientId }: SignInOptions,
  { token, authority, tenant }: TenantSettings,
  io: TenantIo,
): TokenCredential {
  if (clientId !== undefined && signIn === undefined) {
    throw new UserError('cli/usage', '--client-id is for --sign-in', {
      hint: 'Add --sign-in browser or --sign-in device.',
    });
  }
  const options = {
    authorityHost: authority,
    ...(tenant === null ? {} : { tenantId: tenant }),
    ...(clientId === undefined ? {} : { clientId }),
  };
  if (signIn === undefined && token !== null) {
    // Graph itself says when it has ended; a client that guesses would refuse a good one.
    return { getToken: async () => ({ token: token.reveal(), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
  }
  const { DefaultAzureCredential, DeviceCodeCredential, InteractiveBrowserCredential } = load(
    '@azure/identity',
  ) as typeof azureIdentity;
  if (signIn === 'browser') return rememberToken(new InteractiveBrowserCredential(options), io.now);
  if (signIn === 'device') {
    const userPromptCallback = ({ message }: { readonly message: string }) => io.complain(`${message}\n`);
    return rememberToken(new DeviceCodeCredential({ ...options, userPromptCallback }), io.now);
  }
  return rememberToken(new DefaultAzureCredential(options), io.now);
}
