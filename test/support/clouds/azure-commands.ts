import { randomUUID } from 'node:crypto';
import { signInLocally } from '../../../local/identity/sign-in';
import { startAzureIdentity } from './azure-identity';
import type { TestCloud } from '../local-cloud';

type ApiAnswer = { readonly status: number; readonly body: Record<string, unknown> };

/**
 * People at a cloud that is reached as Azure is: commands with `--target azure`, and requests to the API.
 * Ids and roles are those of local/identity/people.ts.
 */
export async function startAzureCommands(cloud: TestCloud) {
  const identity = await startAzureIdentity(cloud.cloud.file);
  const tokens = new Map<string, string>();
  const tokenOf = async (person: string) => {
    const token = tokens.get(person) ?? (await signInLocally(cloud.cloud.file, person)).token;
    tokens.set(person, token);
    return token;
  };
  return {
    /** A command, its exit code and its JSON. */
    run: async <Answer = Record<string, unknown>>(person: string, ...args: string[]) => {
      identity.signInAs(person);
      const { code, stdout, stderr } = await identity.call([...args, '--target', 'azure', '--json']);
      return { code, stderr, answer: (/^[{[]/.test(stdout) ? JSON.parse(stdout) : null) as Answer };
    },
    /** A request; `key`: its Idempotency-Key, `token`: another one than the person's. */
    ask: async (
      person: string,
      method: 'GET' | 'POST',
      path: string,
      body?: unknown,
      { key = randomUUID(), token }: { readonly key?: string; readonly token?: string } = {},
    ): Promise<ApiAnswer> => {
      const answer = await fetch(`${cloud.cloud.file.functions.origin}/api/ops/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token ?? (await tokenOf(person))}`,
          ...(method === 'POST' ? { 'content-type': 'application/json', 'idempotency-key': key } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    close: identity.close,
  };
}
