import { malformedRequest } from '../engine/graph-fault';
import type { QueryOptions } from '../odata/query-options';

/**
 * $select on a resource whose properties are all in the view.
 * @throws GraphFault 400
 */
export function pickSelected(
  view: Readonly<Record<string, unknown>>,
  options: QueryOptions,
  type: string,
): Record<string, unknown> {
  const text = options.get('$select');
  if (text === undefined) return { ...view };
  const picked: Record<string, unknown> = {};
  for (const term of text.split(',')) {
    const name = term.trim();
    if (!Object.hasOwn(view, name)) {
      throw malformedRequest(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      );
    }
    picked[name] = view[name];
  }
  return picked;
}
