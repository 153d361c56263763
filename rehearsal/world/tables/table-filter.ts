import { allKeys, inBoth, inEither, keysFor } from './key-ranges';
import type { KeyRange } from '../../../packages/emulator-kit/src/sorted-map';

export type Entity = Readonly<Record<string, unknown>>;

export type TableFilter = {
  /** `writtenAt`: milliseconds; a property of the service's own, which no row holds. */
  readonly matches: (row: Entity, writtenAt: number) => boolean;
  /** In which ranges the partition keys of all rows are that match, and their row keys. */
  readonly partitions: readonly KeyRange[];
  readonly rows: readonly KeyRange[];
};

const everything: TableFilter = { matches: () => true, partitions: allKeys, rows: allKeys };

/**
 * An OData filter as the stores write them: `A eq 'x' and (B ge 'y' or B lt 'z')`, with quotes doubled inside texts, and
 * `Timestamp lt datetime'2026-01-01T00:00:00.000Z'`.
 * https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities
 */
export function parseTableFilter(filter: string): TableFilter {
  const tokens = filter.replaceAll("datetime'", "'").match(/'(?:[^']|'')*'|\(|\)|[A-Za-z]+/g) ?? [];
  if (tokens.length === 0) return everything;
  let at = 0;
  const single = (): TableFilter => {
    if (tokens[at] === '(') {
      at++;
      const inside = any();
      at++;
      return inside;
    }
    const [name = '', operator = '', literal = "''"] = tokens.slice(at, at + 3);
    at += 3;
    return comparison(name, operator, literal.slice(1, -1).replaceAll("''", "'"));
  };
  const all = (): TableFilter => {
    let joined = single();
    while (tokens[at] === 'and') {
      at++;
      joined = both(joined, single());
    }
    return joined;
  };
  const any = (): TableFilter => {
    let joined = all();
    while (tokens[at] === 'or') {
      at++;
      joined = either(joined, all());
    }
    return joined;
  };
  return any();
}

function comparison(name: string, operator: string, text: string): TableFilter {
  if (name === 'Timestamp') {
    const time = Date.parse(text);
    return { ...everything, matches: (_row, writtenAt) => compare(operator, writtenAt, time) };
  }
  const isPartition = name === 'PartitionKey';
  const isRow = name === 'RowKey';
  const property = isPartition ? 'partitionKey' : isRow ? 'rowKey' : name;
  return {
    matches: (row) => {
      const value = row[property];
      return typeof value === 'string' ? compare(operator, value, text) : operator === 'ne';
    },
    partitions: isPartition ? keysFor(operator, text) : allKeys,
    rows: isRow ? keysFor(operator, text) : allKeys,
  };
}

function compare<Value extends string | number>(operator: string, left: Value, right: Value): boolean {
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (operator === 'lt') return left < right;
  if (operator === 'le') return left <= right;
  return operator === 'gt' ? left > right : left >= right;
}

function both(one: TableFilter, other: TableFilter): TableFilter {
  return {
    matches: (row, writtenAt) => one.matches(row, writtenAt) && other.matches(row, writtenAt),
    partitions: inBoth(one.partitions, other.partitions),
    rows: inBoth(one.rows, other.rows),
  };
}

function either(one: TableFilter, other: TableFilter): TableFilter {
  return {
    matches: (row, writtenAt) => one.matches(row, writtenAt) || other.matches(row, writtenAt),
    partitions: inEither(one.partitions, other.partitions),
    rows: inEither(one.rows, other.rows),
  };
}
