import type { LocalCloud } from '../../local/cloud-file';
import { UserError } from '../../shared/kernel/errors';
import { EmbeddedCredential } from './embedded-credential';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** The embedded Graph: reads as the local app, and its control API, which real Graph does not have. */
export type EmbeddedGraph = {
  get(path: string): Promise<unknown>;
  control(path: string, body: unknown): Promise<unknown>;
};

/**
 * Signs in at the embedded Graph with the first call; `now` in milliseconds.
 * @throws UserError `cli/not-signed-in`, `cli/graph-refused`
 */
export function makeEmbeddedGraph(graph: LocalCloud['graph'], now: () => number): EmbeddedGraph {
  const credential = new EmbeddedCredential(graph, now);
  return {
    async get(path) {
      const { token } = await credential.getToken();
      return answerOf(
        await fetch(`${graph.origin}/v1.0${path}`, { headers: { authorization: `Bearer ${token}` } }),
      );
    },
    control: async (path, body) =>
      answerOf(
        await fetch(`${graph.origin}/_local${path}`, {
          method: 'POST',
          headers: controlHeaders(graph),
          body: JSON.stringify(body),
        }),
      ),
  };
}

async function answerOf(response: Response): Promise<unknown> {
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { error } = answer as { error?: { message?: string } };
  throw new UserError('cli/graph-refused', error?.message ?? `Graph answered ${String(response.status)}`);
}
