import { fromJsonProperties, toJsonProperties } from './json-property';
import type { Clock } from '../../kernel/clock';
import { toRowKey } from './row-key';
import type { TableAccess } from './table-access';
import type { Cursor, CursorStore } from '../ports/cursor-store';
import { StoredCursor } from '../../words/cursor';

/** Table `cursors`: one row per name, all in one partition (there are few). */
const partitionKey = 'cursor';

export class TableCursorStore implements CursorStore {
  readonly #table: TableAccess;
  readonly #clock: Clock;

  constructor(table: TableAccess, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async read(name: string): Promise<Cursor> {
    const row = await this.#table.get(partitionKey, toRowKey(name));
    if (row === undefined) return { etag: null, value: null, updatedAt: null };
    return { etag: row.etag, ...fromJsonProperties(row, StoredCursor, `cursor ${name}`) };
  }

  async commit(name: string, cursor: Cursor, value: string): Promise<Cursor> {
    const stored = { value, updatedAt: this.#clock.now() };
    const row = {
      partitionKey,
      rowKey: toRowKey(name),
      ...toJsonProperties(stored, `cursor ${name}`),
    };
    return { etag: await this.#table.write(row, cursor.etag), ...stored };
  }
}
