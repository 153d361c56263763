import { malformedRequest, unsupportedQuery } from '../engine/graph-fault';
import type { PropertyRule } from '../engine/users/directory-properties';

export type OrderBy = { readonly name: string; readonly isDescending: boolean };

/**
 * One property, `asc` or `desc`.
 * @throws GraphFault 400
 */
export function parseOrderBy(
  text: string | undefined,
  rules: Readonly<Record<string, PropertyRule>>,
  sortable: readonly string[],
  type: string,
): OrderBy | undefined {
  if (text === undefined) return undefined;
  const match = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/.exec(text);
  const name = match?.[1];
  if (!match || name === undefined) {
    throw malformedRequest(`Invalid $orderby clause: '${text.slice(0, 80)}'.`);
  }
  if (!Object.hasOwn(rules, name)) {
    throw malformedRequest(
      `Invalid $orderby clause: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
    );
  }
  if (!sortable.includes(name)) throw unsupportedQuery('Sorting not supported for current query.');
  return { name, isDescending: match[2] === 'desc' };
}

/** Sorts in place by a text, without regard to case; a missing value comes first. */
export function sortBy<Item>(items: Item[], order: OrderBy, read: (item: Item) => unknown): Item[] {
  const sign = order.isDescending ? -1 : 1;
  const key = (item: Item) => {
    const value = read(item);
    return typeof value === 'string' ? value.toLowerCase() : '';
  };
  return items.sort((left, right) => {
    const a = key(left);
    const b = key(right);
    return a < b ? -sign : a > b ? sign : 0;
  });
}
