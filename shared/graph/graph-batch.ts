import { BatchAnswer } from './answer-schemas';
import type { GraphError } from './refusals/graph-error';
import { isPassing } from './graph-transport';
import type { GraphTransport } from './graph-transport';
import { toGraphError } from './refusals/refused-answer';

/** https://learn.microsoft.com/graph/json-batching#batch-size-limitations */
export const mostInBatch = 20;

export type BatchRead = { readonly path: string; readonly headers?: Readonly<Record<string, string>> };
/** The answer to one part: Graph's JSON, not yet validated, or why there is none. */
export type BatchResult = { readonly body: unknown } | { readonly error: GraphError };

/**
 * Several GETs in one request each 20. Limits apply to every part by itself: the parts that are throttled or fail in
 * passing are asked again, and only those. A part that is refused for good does not fail the others.
 * https://learn.microsoft.com/graph/throttling#throttling-and-batching
 */
export async function readBatch(
  transport: GraphTransport,
  reads: readonly BatchRead[],
  signal?: AbortSignal,
): Promise<readonly BatchResult[]> {
  const results = new Map<number, BatchResult>();
  for (let start = 0; start < reads.length; start += mostInBatch) {
    const indexes = reads.slice(start, start + mostInBatch).map((_, offset) => start + offset);
    await transport.retryRead(async () => {
      const open = indexes.filter((index) => !results.has(index));
      const passing = await askBatch(transport, reads, open, results, signal);
      if (passing !== undefined) throw passing;
    }, signal);
  }
  return reads.map((_, index) => results.get(index) as BatchResult);
}

/** Fills in what has its final answer; answers the worst of the refusals that pass, if there is one. */
async function askBatch(
  transport: GraphTransport,
  reads: readonly BatchRead[],
  open: readonly number[],
  results: Map<number, BatchResult>,
  signal: AbortSignal | undefined,
): Promise<GraphError | undefined> {
  const requests = open.map((index) => {
    const { path, headers } = reads[index] as BatchRead;
    return { id: String(index), method: 'GET', url: path, ...(headers === undefined ? {} : { headers }) };
  });
  const { responses } = await transport.ask(
    { method: 'POST', path: '/$batch', body: { requests } },
    BatchAnswer,
    signal,
  );
  let worst: GraphError | undefined;
  for (const index of open) {
    const part = responses.find((response) => response.id === String(index));
    if (part !== undefined && part.status >= 200 && part.status < 300) {
      results.set(index, { body: part.body });
      continue;
    }
    const error = toGraphError(
      { status: part?.status ?? 500, headers: headersOf(part?.headers), body: part?.body },
      { method: 'GET', path: (reads[index] as BatchRead).path },
      transport.now,
    );
    if (!isPassing(error)) results.set(index, { error });
    else if (worst === undefined || (worst.retryAfterMs ?? 0) < (error.retryAfterMs ?? 0)) worst = error;
  }
  return worst;
}

function headersOf(headers: Readonly<Record<string, unknown>> | null | undefined) {
  const entries = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const byName = new Map(entries as [string, string][]);
  return { get: (name: string) => byName.get(name) ?? null };
}
