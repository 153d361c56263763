export type Entity = Readonly<Record<string, unknown>>;

/** The keys that a row must have to fit a filter; both ends belong to it. */
export type KeyRange = { readonly from: string; readonly to: string | null };

export type TableFilter = {
  readonly matches: (row: Entity) => boolean;
  /** Bounds of the partition keys of all rows that match, and of their row keys. */
  readonly partitions: KeyRange;
  readonly rows: KeyRange;
};

const everything: KeyRange = { from: '', to: null };
const properties: Readonly<Record<string, string>> = { PartitionKey: 'partitionKey', RowKey: 'rowKey' };

/** When rows were written, ISO 8601: a property of the service's own, which no row holds. */
const writtenAt = new WeakMap<Entity, string>();

/** `at`: milliseconds. */
export function noteWritten(row: Entity, at: number): void {
  writtenAt.set(row, new Date(at).toISOString());
}

/**
 * An OData filter as the stores write them: `A eq 'x' and (B ge 'y' or B lt 'z')`, with quotes doubled inside texts, and
 * `Timestamp lt datetime'2026-01-01T00:00:00.000Z'`.
 * https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities
 */
export function parseTableFilter(filter: string): TableFilter {
  const tokens = filter.replaceAll("datetime'", "'").match(/'(?:[^']|'')*'|\(|\)|[A-Za-z]+/g) ?? [];
  if (tokens.length === 0) return { matches: () => true, partitions: everything, rows: everything };
  return {
    matches: toPredicate(tokens),
    partitions: boundsOf(tokens, 'PartitionKey'),
    rows: boundsOf(tokens, 'RowKey'),
  };
}

const textOf = (literal: string) => literal.slice(1, -1).replaceAll("''", "'");

function toPredicate(tokens: readonly string[]): (row: Entity) => boolean {
  let at = 0;
  const comparison = (): ((row: Entity) => boolean) => {
    if (tokens[at] === '(') {
      at++;
      const inside = disjunction();
      at++;
      return inside;
    }
    const [name = '', operator = '', literal = ''] = tokens.slice(at, at + 3);
    at += 3;
    const property = properties[name] ?? name;
    const text = textOf(literal);
    return (row) => {
      const value = name === 'Timestamp' ? writtenAt.get(row) : row[property];
      if (typeof value !== 'string') return operator === 'ne';
      if (operator === 'eq') return value === text;
      if (operator === 'ne') return value !== text;
      if (operator === 'lt') return value < text;
      if (operator === 'le') return value <= text;
      return operator === 'gt' ? value > text : value >= text;
    };
  };
  const joined = (word: string, inner: () => (row: Entity) => boolean, all: boolean) => () => {
    const parts = [inner()];
    while (tokens[at] === word) {
      at++;
      parts.push(inner());
    }
    return (row: Entity) => (all ? parts.every((part) => part(row)) : parts.some((part) => part(row)));
  };
  const conjunction = joined('and', comparison, true);
  const disjunction = joined('or', conjunction, false);
  return disjunction();
}

/** Of what is said of the key beside everything else: what stands in brackets, or beside an `or`, bounds nothing. */
function boundsOf(tokens: readonly string[], key: string): KeyRange {
  let from = '';
  let to: string | null = null;
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (depth > 0) continue;
    if (token === 'or') return everything;
    if (token !== key) continue;
    const operator = tokens[index + 1] ?? '';
    const text = textOf(tokens[index + 2] ?? "''");
    if (['eq', 'ge', 'gt'].includes(operator) && text > from) from = text;
    if (['eq', 'le', 'lt'].includes(operator) && (to === null || text < to)) to = text;
  }
  return { from, to };
}
