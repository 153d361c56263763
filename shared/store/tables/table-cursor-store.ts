import { RowCodec } from './rows/row-codec';
import type { Clock } from '../../kernel/clock';
import { odataText, toRowKey } from './rows/row-key';
import type { Row, TableAccess } from './table-access';
import type { Cursor, CursorStore } from '../ports/cursor-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { ClientStateCursor, StoredCursor, clientStateRow } from '../../words/cursor';

/** Table `cursors`: one row per name, all in one partition (there are few). */
export const cursorPartition = 'cursor';

/** More than there are. */
const mostKnown = 50;

export class TableCursorStore implements CursorStore {
  readonly #table: TableAccess;
  readonly #clock: Clock;
  readonly #cursors: RowCodec<StoredCursor>;
  readonly #clientStates: RowCodec<StoredCursor>;

  constructor(table: TableAccess, clock: Clock, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#cursors = new RowCodec(table.name, StoredCursor, unreadable, mostKnown);
    this.#clientStates = new RowCodec(table.name, ClientStateCursor, unreadable, 1);
    this.#clock = clock;
  }

  async read(name: string): Promise<Cursor> {
    return this.#toCursor(await this.#table.get(cursorPartition, toRowKey(name)));
  }

  async readAll(but: readonly string[] = []): Promise<Pick<CursorStore, 'read'>> {
    const rows = new Map<string, Row>();
    const others = but.map((name) => ` and RowKey ne ${odataText(toRowKey(name))}`).join('');
    const filter = `PartitionKey eq ${odataText(cursorPartition)}${others}`;
    for await (const row of this.#table.query(filter)) rows.set(row.rowKey ?? '', row);
    return {
      read: async (name) => (but.includes(name) ? this.read(name) : this.#toCursor(rows.get(toRowKey(name)))),
    };
  }

  #toCursor(row: Row | undefined): Cursor {
    if (row === undefined) return { etag: null, value: null, updatedAt: null };
    // There was a position, and no one can tell which: unlike null it makes its owner start over.
    const stored = this.#codecOf(row.rowKey).readIfUsable(row) ?? { value: '', updatedAt: null };
    return { etag: row.etag, ...stored };
  }

  async commit(name: string, cursor: Cursor, value: string): Promise<Cursor> {
    const stored = { value, updatedAt: this.#clock.now() };
    const rowKey = toRowKey(name);
    const properties = this.#codecOf(rowKey).toProperties(stored, `cursor ${name}`);
    const etag = await this.#table.write(
      { partitionKey: cursorPartition, rowKey, ...properties },
      cursor.etag,
    );
    return { etag, ...stored };
  }

  #codecOf(rowKey: string | undefined): RowCodec<StoredCursor> {
    return rowKey === toRowKey(clientStateRow) ? this.#clientStates : this.#cursors;
  }
}
