import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { Clock } from '../../../shared/kernel/clock';
import type { Logger } from '../../../shared/kernel/logger';
import { AzureTable } from '../../../shared/store/tables/table-access';
import type { Row, TableAccess } from '../../../shared/store/tables/table-access';
import type { TableReads } from '../../../shared/store/tables/table-reads';
import { MemoryRows } from './memory-rows';
import type { Keys } from './memory-rows';
import { MemoryTable } from './memory-table';
import { parseTableFilter } from './table-filter';
import type { Entity } from './table-filter';

export type KeepsRow = (table: string, rowKey: string) => boolean;

/**
 * Tables in memory, for the real stores in virtual time: ETags, conditional writes, transactions, and the few OData
 * filters that the stores use. What the service does is told by the contract tests.
 */
export class MemoryTables {
  readonly #tables = new Map<string, MemoryRows>();
  readonly #keeps: KeepsRow;
  #version = 0;
  #now: () => number = () => 0;

  /** `keeps`: false for rows that are written and never read; they take no memory. */
  constructor(keeps: KeepsRow = () => true) {
    this.#keeps = keeps;
  }

  /** What the stores are built over: with the product's own client of the table service, behind the SDK's interface. */
  access(tools: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly logger: Logger;
  }): (table: string) => TableAccess {
    this.#now = () => tools.clock.now();
    return (table) => {
      const options = { ...tools, budgetMs: 1_000 };
      return new AzureTable(this.client(table), options, this.reads(table));
    };
  }

  /** The same, straight at the rows: quicker by far, and without retries and lost answers. */
  direct(clock: Pick<Clock, 'now'>): (table: string) => TableAccess {
    this.#now = () => clock.now();
    return (table) => new MemoryTable(table, this.#rowsOf(table), clock);
  }

  names(): readonly string[] {
    return [...this.#tables.keys()].sort();
  }

  rows(table: string): readonly Entity[] {
    return this.#tables.get(table)?.page(parseTableFilter('')) ?? [];
  }

  /** In how many partitions the rows of a table are. */
  partitionsOf(table: string): number {
    return this.#tables.get(table)?.partitions ?? 0;
  }

  /** As a person with a storage explorer would: whatever the row holds. */
  put(table: string, row: Entity): void {
    this.#rowsOf(table).put(row);
  }

  delete(table: string, row: Entity): void {
    this.#tables.get(table)?.delete(row as Keys);
  }

  #rowsOf(table: string): MemoryRows {
    const rows =
      this.#tables.get(table) ??
      new MemoryRows(
        () => ++this.#version,
        () => this.#now(),
        (rowKey) => this.#keeps(table, rowKey),
      );
    this.#tables.set(table, rows);
    return rows;
  }

  /** The reads of a table, as the product makes them. */
  reads(tableName: string): TableReads {
    const rowsOf = () => this.#rowsOf(tableName);
    return {
      row: async (partitionKey, rowKey) => {
        const row = rowsOf().get(partitionKey, rowKey);
        rowsOf().check(row, undefined);
        return { ...row } as unknown as Row;
      },
      page: async ({ filter }) => {
        const rows = rowsOf().page(parseTableFilter(filter));
        return { rows: rows.map((row) => ({ ...row }) as unknown as Row), end: undefined };
      },
    };
  }

  /** The writes of a table behind the SDK's interface. */
  client(tableName: string): TableClient {
    const rowsOf = () => this.#rowsOf(tableName);
    const client = {
      tableName,
      createTable: async () => undefined,
      createEntity: async (row: Entity) => rowsOf().act(['create', row as never]),
      updateEntity: async (row: Entity, mode: 'Replace', options: { etag: string }) =>
        rowsOf().act(['update', row as never, mode, options]),
      deleteEntity: async (partitionKey: string, rowKey: string, { etag }: { etag: string }) => {
        rowsOf().check(rowsOf().get(partitionKey, rowKey), etag);
        rowsOf().delete({ partitionKey, rowKey });
      },
      submitTransaction: async (actions: TransactionAction[]) => ({
        subResponses: rowsOf().transact(actions),
      }),
    };
    return client as unknown as TableClient;
  }
}
