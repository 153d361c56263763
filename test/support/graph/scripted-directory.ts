import { expect } from '@jest/globals';
import type { Directory } from '../../../shared/graph/directory';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import type { GraphDirectoryOptions } from '../../../shared/graph/graph-directory';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { systemClock } from '../../../shared/kernel/clock';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import type { Answer, ScriptedGraph } from '../scripted-graph';

/** The product's own directory over a Graph that answers as a test says. */
export function makeScriptedDirectory(
  graph: Pick<ScriptedGraph, 'origin'>,
  changes: Partial<GraphDirectoryOptions> = {},
): Directory {
  return makeGraphDirectory({
    credential: { getToken: async () => ({ token: 'token-of-the-test', expiresOnTimestamp: 0 }) },
    graphOrigin: graph.origin,
    clock: systemClock,
    random: seededRandom(7),
    logger: silentLogger,
    ...changes,
  });
}

/** A refusal in Graph's shape. */
export const refusalAnswer = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers,
  body: { error: { code, message, innerError: { 'request-id': 'r-1', date: '2026-01-01T00:00:00' } } },
});

export async function graphErrorOf(work: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}
