import { SortedMap } from '../../packages/emulator-kit/src/sorted-map';
import type { Partitions } from './partitions-of';

export type RowKeys = { readonly PartitionKey: string; readonly RowKey: string };

/** A row as Azurite keeps it. Replaced by another one, never changed in place, once it is in a table. */
export type StoredRow = RowKeys & {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly lastModifiedTime: string;
  readonly eTag: string;
};

/** What a change came to: a row that is there now, or one that is gone. */
export type RowChange = { readonly row: StoredRow } | { readonly gone: RowKeys };

/** What of a table a query is about: these partitions, and from the row `from` on; undefined: no such limit. */
export type RowRange = { readonly partitions?: Partitions | undefined; readonly from?: RowKeys | undefined };

const everywhere: Partitions = { from: '', to: null };

/**
 * The rows of one table by their keys, with the calls that Azurite makes of a collection of LokiJS. There a change costs as
 * much as the table has rows, and a page of a query looks at every row and sorts all that it finds.
 */
export class SortedRows {
  readonly #partitions = new SortedMap<SortedMap<StoredRow>>();
  readonly #onChange: (change: RowChange) => void;

  constructor(onChange: (change: RowChange) => void = () => undefined) {
    this.#onChange = onChange;
  }

  findOne({ PartitionKey, RowKey }: RowKeys): StoredRow | null {
    return this.#partitions.get(PartitionKey)?.get(RowKey) ?? null;
  }

  insert(rows: StoredRow | StoredRow[]): void {
    if (Array.isArray(rows)) for (const row of rows) this.update(row);
    else this.update(rows);
  }

  /** Whatever was there under its keys. */
  update(row: StoredRow): void {
    const { PartitionKey, RowKey } = row;
    let partition = this.#partitions.get(PartitionKey);
    if (partition === undefined) {
      partition = new SortedMap<StoredRow>();
      this.#partitions.set(PartitionKey, partition);
    }
    partition.set(RowKey, row);
    this.#onChange({ row });
  }

  /** The very row: another one under its keys stays. */
  remove(row: StoredRow): void {
    if (this.findOne(row) === row) this.delete(row);
  }

  delete({ PartitionKey, RowKey }: RowKeys): void {
    const partition = this.#partitions.get(PartitionKey);
    if (partition?.delete(RowKey) !== true) return;
    if (partition.size === 0) this.#partitions.delete(PartitionKey);
    this.#onChange({ gone: { PartitionKey, RowKey } });
  }

  /** A query in the order of the keys. */
  chain(range: RowRange = {}): RowQuery {
    return new RowQuery(this.within(range));
  }

  /** Rows by partition key, then by row key. Nothing may be changed before the last one is taken. */
  *within({ partitions = everywhere, from }: RowRange = {}): Iterable<StoredRow> {
    for (const [key, rows] of this.#partitions.within([partitions], from?.PartitionKey)) {
      const first = key === from?.PartitionKey ? from.RowKey : '';
      for (const [, row] of rows.within([{ from: first, to: null }])) yield row;
    }
  }
}

/** The calls of a LokiJS query that Azurite makes; it ends with the last row that is wanted. */
export class RowQuery {
  readonly #rows: Iterable<StoredRow>;
  readonly #conditions: ((row: StoredRow) => boolean)[] = [];
  #most = Infinity;

  constructor(rows: Iterable<StoredRow>) {
    this.#rows = rows;
  }

  where(condition: (row: StoredRow) => boolean): this {
    this.#conditions.push(condition);
    return this;
  }

  /** By both keys, which is how they come. */
  sort(): this {
    return this;
  }

  limit(most: number): this {
    this.#most = most;
    return this;
  }

  data(): StoredRow[] {
    const found: StoredRow[] = [];
    for (const row of this.#rows) {
      if (found.length >= this.#most) break;
      if (this.#conditions.every((matches) => matches(row))) found.push(row);
    }
    return found;
  }
}
