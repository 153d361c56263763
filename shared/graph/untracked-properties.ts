import type { Directory } from './directory';
import { GraphError } from './refusals/graph-error';

/** Delta does not take this `$select`; it would not take it later either. */
export function isRefusedSelect(error: unknown): error is GraphError {
  return error instanceof GraphError && (error.class === 'badRequest' || error.class === 'unknown');
}

/**
 * The properties of these that delta refuses to track, each with Graph's words; empty: it takes them all. One request
 * as a rule; when the whole is refused, one more for each property, because Graph's text need not name the culprit.
 * https://learn.microsoft.com/graph/delta-query-overview#resource-limitations
 *
 * @throws GraphError for every other refusal, and when the properties are refused only together
 */
export async function findUntracked(
  directory: Pick<Directory, 'deltaFromNow'>,
  properties: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const whole = await refusalOf(directory, properties, signal);
  if (whole === undefined) return new Map();
  const found = new Map<string, string>();
  for (const property of properties) {
    const refusal = await refusalOf(directory, new Set([property]), signal);
    if (refusal !== undefined) found.set(property, refusal.message);
  }
  if (found.size === 0) throw whole;
  return found;
}

async function refusalOf(
  directory: Pick<Directory, 'deltaFromNow'>,
  properties: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<GraphError | undefined> {
  try {
    await directory.deltaFromNow(properties, signal);
    return undefined;
  } catch (error) {
    if (isRefusedSelect(error)) return error;
    throw error;
  }
}
