import { signInLocally } from '../../local/identity/sign-in';
import { microsoftCloudOf, isLoopback } from '../../shared/kernel/microsoft-cloud';
import { UserError } from '../../shared/kernel/errors';
import { processEnvironment } from '../../shared/config/config';
import type { Io } from '../io';
import { factsFor } from '../visible-text';
import { makeOpsClient } from './ops-client';
import type { OpsClient } from './ops-client';
import { azureCredential, readLocalCloud, refuseTenantAlone } from './target';
import type { TargetOptions } from './target';

export type OpsOptions = TargetOptions & { readonly as?: string; readonly json?: true };

/** Where the ops API of a target is, and how to get a token for it. */
type OpsTarget = { readonly origin: string; readonly token: () => Promise<string> };

/**
 * Acts through the ops API: of the running embedded cloud as one of its people, or of the deployed app as whom
 * DefaultAzureCredential finds signed in.
 * @throws UserError `cli/no-cloud`, `cli/ops-settings`, `cli/usage`, and what the API refuses
 */
export async function withOps<Result>(
  options: OpsOptions,
  io: Io,
  work: (ops: OpsClient) => Promise<Result>,
): Promise<Result> {
  refuseTenantAlone(options);
  const shown = (client: OpsClient) => showing(client, options);
  if (options.target === 'azure') return work(shown(makeOpsClient(azureTarget(options), io)));
  const cloud = readLocalCloud(options);
  const token = async () => (await signInLocally(cloud, options.as ?? 'operator')).token;
  return work(shown(makeOpsClient({ origin: cloud.functions.origin, token }, io)));
}

/** Answers for people: every text of them is one line that a terminal only shows. */
function showing(client: OpsClient, options: OpsOptions): OpsClient {
  return {
    call: async (route, input) => factsFor(options, await client.call(route, input)),
    ask: async (route, input) => factsFor(options, await client.ask(route, input)),
  };
}

function azureTarget({ as }: OpsOptions): OpsTarget {
  if (as !== undefined) {
    throw new UserError('cli/usage', '--as is for the embedded cloud: on Azure your token says who you are', {
      hint: 'Sign in as another person: az login.',
    });
  }
  const environment = processEnvironment();
  const clientId = environment['LICENSER_OPS_CLIENT_ID'];
  const url = environment['LICENSER_OPS_URL'];
  if (!clientId || !url || !URL.canParse(url)) {
    throw new UserError('cli/ops-settings', 'LICENSER_OPS_URL and LICENSER_OPS_CLIENT_ID must be set', {
      hint: 'LICENSER_OPS_URL is the address of the app, such as https://APP.azurewebsites.net; docs/cli.md has both.',
    });
  }
  const { protocol, hostname, origin } = new URL(url);
  if (protocol !== 'https:' && !isLoopback(hostname)) {
    throw new UserError('cli/ops-settings', 'LICENSER_OPS_URL must be https: your token is sent there');
  }
  const graphOrigin = environment['LICENSER_GRAPH_ORIGIN'] ?? '';
  const authorityHost = environment['AZURE_AUTHORITY_HOST'] ?? microsoftCloudOf(graphOrigin).authority;
  const credential = azureCredential(authorityHost);
  return {
    origin,
    token: async () => {
      const token = await credential.getToken(`api://${clientId}/.default`);
      if (token === null)
        throw new UserError('cli/not-signed-in', 'You are not signed in', { hint: 'az login' });
      return token.token;
    },
  };
}
