import type { z } from 'zod';
import type { ListOptions, RecordStore, Stored } from '../ports/record-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { RowCodec, skipUnreadable } from './rows/row-codec';
import { odataText, toRowKey } from './rows/row-key';
import type { Row, TableAccess } from './table-access';

/** One partition of a table: RowKey = id, the record as JSON. Lists leave out what cannot be read. `mostKnown`: of RowCodec. */
export class TableRecordStore<Value> implements RecordStore<Value> {
  readonly #table: TableAccess;
  readonly #partition: string;
  readonly #values: RowCodec<Value>;
  readonly #unreadable: UnreadableRowSink;

  constructor(
    table: TableAccess,
    partition: string,
    schema: z.ZodType<Value>,
    unreadable: UnreadableRowSink,
    mostKnown = 0,
  ) {
    this.#table = table;
    this.#partition = partition;
    this.#values = new RowCodec(table.name, schema, unreadable, mostKnown);
    this.#unreadable = unreadable;
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

  async *list({ after, before, limit = Infinity }: ListOptions = {}): AsyncIterable<Stored<Value>> {
    const behind = after === undefined ? '' : ` and RowKey gt ${odataText(toRowKey(after))}`;
    const inFront = before === undefined ? '' : ` and RowKey lt ${odataText(toRowKey(before))}`;
    let left = limit;
    if (left <= 0) return;
    const filter = `PartitionKey eq ${odataText(this.#partition)}${behind}${inFront}`;
    for await (const row of this.#table.query(filter, { pageSize: limit })) {
      const stored = skipUnreadable(this.#unreadable, this.#table.name, row, () => this.#fromRow(row));
      if (stored === undefined) continue;
      yield stored;
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
      ...this.#values.toProperties(value, `${this.#partition} ${id}`),
    };
  }

  #fromRow(row: Row): Stored<Value> {
    const id = typeof row['id'] === 'string' ? row['id'] : (row.rowKey ?? '');
    return { id, etag: row.etag, value: this.#values.read(row) };
  }
}
