import { createServer } from 'node:http';
import { signInLocally } from '../../../local/identity/sign-in';
import type { LocalCloud } from '../../../local/cloud-file';
import { callCli } from '../run-cli';
import type { CliRun } from '../run-cli';

/** The SDK keeps a token that ends in more than five minutes for its whole process: then all commands would be of one person. */
const tooShortToKeep = 60;

/**
 * The identity endpoint of App Service, as DefaultAzureCredential asks it, signed in as a person of the local issuer:
 * a command reaches the cloud as it would reach Azure, without the file of the embedded cloud.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startAzureIdentity(cloud: LocalCloud) {
  let person = 'operator';
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const resource = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('resource') ?? '';
    asked.push(resource);
    signInLocally(cloud, person)
      .then(({ token }) => {
        const expires_on = String(Math.floor(Date.now() / 1_000) + tooShortToKeep);
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ access_token: token, expires_on, resource, token_type: 'Bearer' }));
      })
      .catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const env = {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${String(port)}/msi/token`,
    IDENTITY_HEADER: 'local',
    LICENSER_OPS_URL: cloud.functions.origin,
    LICENSER_OPS_CLIENT_ID: cloud.identity?.clientId ?? '',
  };
  return {
    asked,
    signInAs: (name: string) => {
      person = name;
    },
    /** For a process. */
    env,
    /** A command of the person who is signed in, in this process; only meanwhile does the environment say where to ask. */
    call: async (args: readonly string[]): Promise<CliRun> => {
      Object.assign(process.env, env);
      try {
        return await callCli(args);
      } finally {
        for (const name of Object.keys(env)) delete process.env[name];
      }
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
