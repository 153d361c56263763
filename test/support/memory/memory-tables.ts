import { RestError } from '@azure/data-tables';
import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { Clock } from '../../../shared/kernel/clock';
import type { Logger } from '../../../shared/kernel/logger';
import { AzureTable } from '../../../shared/store/tables/table-access';
import type { Row, TableAccess } from '../../../shared/store/tables/table-access';
import type { TableReads } from '../../../shared/store/tables/table-reads';

type Entity = Readonly<Record<string, unknown>>;

/**
 * Tables in memory behind the SDK's interface, for tests that run the real stores in virtual time: ETags, conditional
 * writes, transactions, and the few OData filters that the stores use. What the service does is told by the contract tests.
 */
export class MemoryTables {
  readonly #tables = new Map<string, Map<string, Entity>>();
  #version = 0;

  /** What the stores are built over. */
  access(tools: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly logger: Logger;
  }): (table: string) => TableAccess {
    return (table) => {
      const options = { ...tools, budgetMs: 1_000 };
      return new AzureTable(this.#client(table), options, this.#reads(table));
    };
  }

  names(): readonly string[] {
    return [...this.#tables.keys()].sort();
  }

  rows(table: string): readonly Entity[] {
    return [...(this.#tables.get(table) ?? new Map<string, Entity>())]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row);
  }

  /** As a person with a storage explorer would: whatever the row holds. */
  put(table: string, row: Entity): void {
    const rows = this.#tables.get(table) ?? new Map<string, Entity>();
    this.#tables.set(table, rows);
    rows.set(keyOf(row), { ...row, etag: `"${String(++this.#version)}"` });
  }

  delete(table: string, row: Entity): void {
    this.#tables.get(table)?.delete(keyOf(row));
  }

  #rowsOf(tableName: string): Map<string, Entity> {
    const rows = this.#tables.get(tableName) ?? new Map<string, Entity>();
    this.#tables.set(tableName, rows);
    return rows;
  }

  #reads(tableName: string): TableReads {
    return {
      row: async (partitionKey, rowKey) => {
        const row = this.#rowsOf(tableName).get(keyOf({ partitionKey, rowKey }));
        if (row === undefined) throw refused(404, 'ResourceNotFound');
        return { ...row } as unknown as Row;
      },
      page: async ({ filter }) => {
        const matches = toFilter(filter);
        const rows = [...this.#rowsOf(tableName)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
        return { rows: rows.filter(matches).map((row) => ({ ...row }) as unknown as Row), end: undefined };
      },
    };
  }

  #client(tableName: string): TableClient {
    const rowsOf = () => this.#rowsOf(tableName);
    const store = (rows: Map<string, Entity>, row: Entity) => {
      const etag = `"${String(++this.#version)}"`;
      rows.set(keyOf(row), { ...row, etag });
      return { etag };
    };
    const act = (rows: Map<string, Entity>, action: TransactionAction): { etag?: string } => {
      const [kind, row] = action;
      const found = rows.get(keyOf(row));
      if (kind === 'create') {
        if (found !== undefined) throw refused(409, 'EntityAlreadyExists');
        return store(rows, row);
      }
      const options = (action[3] ?? {}) as { etag?: string };
      if (kind === 'upsert') return store(rows, row);
      if (found === undefined) throw refused(404, 'ResourceNotFound');
      if (options.etag !== undefined && options.etag !== '*' && options.etag !== found['etag'])
        throw refused(412, 'UpdateConditionNotSatisfied');
      if (kind === 'update') return store(rows, row);
      rows.delete(keyOf(row));
      return {};
    };
    const client = {
      tableName,
      createTable: async () => undefined,
      createEntity: async (row: Entity) => act(rowsOf(), ['create', row as never]),
      updateEntity: async (row: Entity, mode: 'Replace', options: { etag: string }) =>
        act(rowsOf(), ['update', row as never, mode, options]),
      deleteEntity: async (partitionKey: string, rowKey: string, { etag }: { etag: string }) => {
        const rows = rowsOf();
        const found = rows.get(keyOf({ partitionKey, rowKey }));
        if (found === undefined) throw refused(404, 'ResourceNotFound');
        if (etag !== '*' && etag !== found['etag']) throw refused(412, 'UpdateConditionNotSatisfied');
        rows.delete(keyOf({ partitionKey, rowKey }));
      },
      submitTransaction: async (actions: TransactionAction[]) => {
        const rows = rowsOf();
        const before = new Map(rows);
        try {
          return { subResponses: actions.map((action) => act(rows, action)) };
        } catch (error) {
          rows.clear();
          for (const [key, row] of before) rows.set(key, row);
          throw error;
        }
      },
    };
    return client as unknown as TableClient;
  }
}

function keyOf({ partitionKey, rowKey }: Entity): string {
  return `${String(partitionKey)}\u0000${String(rowKey)}`;
}

function refused(statusCode: number, code: string): RestError {
  return Object.assign(new RestError(code, { statusCode, code }), {
    details: { odataError: { code } },
  });
}

const properties: Readonly<Record<string, string>> = { PartitionKey: 'partitionKey', RowKey: 'rowKey' };

/** `A eq 'x' and (B ge 'y' or B lt 'z')`, with quotes doubled inside texts. */
function toFilter(filter: string): (row: Entity) => boolean {
  const tokens = filter.match(/'(?:[^']|'')*'|\(|\)|[A-Za-z]+/g) ?? [];
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
    const text = literal.slice(1, -1).replaceAll("''", "'");
    return (row) => {
      const value = row[property];
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
  return tokens.length === 0 ? () => true : disjunction();
}
