import type { z } from 'zod';
import type { RecordStore, Stored } from '../ports/record-store';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText, toRowKey } from './row-key';
import type { Row, TableAccess } from './table-access';

/** One partition of a table: RowKey = id, the record as JSON. */
export class TableRecordStore<Value> implements RecordStore<Value> {
  readonly #table: TableAccess;
  readonly #partition: string;
  readonly #schema: z.ZodType<Value>;

  constructor(table: TableAccess, partition: string, schema: z.ZodType<Value>) {
    this.#table = table;
    this.#partition = partition;
    this.#schema = schema;
  }

  async create(id: string, value: Value): Promise<Stored<Value>> {
    return { id, value, etag: await this.#table.write(this.#row(id, value), null) };
  }

  async read(id: string): Promise<Stored<Value> | undefined> {
    const row = await this.#table.get(this.#partition, toRowKey(id));
    return row === undefined ? undefined : this.#fromRow(row);
  }

  async update({ id, etag }: Stored<Value>, value: Value): Promise<Stored<Value>> {
    return { id, value, etag: await this.#table.write(this.#row(id, value), etag) };
  }

  async *list(
    options: { readonly after?: string; readonly limit?: number } = {},
  ): AsyncIterable<Stored<Value>> {
    const { after, limit = Infinity } = options;
    const behind = after === undefined ? '' : ` and RowKey gt ${odataText(toRowKey(after))}`;
    let left = limit;
    if (left <= 0) return;
    const filter = `PartitionKey eq ${odataText(this.#partition)}${behind}`;
    for await (const row of this.#table.query(filter, { pageSize: limit })) {
      yield this.#fromRow(row);
      if (--left <= 0) return;
    }
  }

  async remove(id: string): Promise<void> {
    await this.#table.remove(this.#partition, toRowKey(id), '*');
  }

  #row(id: string, value: Value) {
    return {
      partitionKey: this.#partition,
      rowKey: toRowKey(id),
      id,
      ...toJsonProperties(value, `${this.#partition} ${id}`),
    };
  }

  #fromRow(row: Row): Stored<Value> {
    const id = typeof row['id'] === 'string' ? row['id'] : (row.rowKey ?? '');
    return { id, etag: row.etag, value: fromJsonProperties(row, this.#schema, `${this.#partition} ${id}`) };
  }
}
