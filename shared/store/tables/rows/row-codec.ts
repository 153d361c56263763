import type { z } from 'zod';
import { PermanentError } from '../../../kernel/errors';
import type { UnreadableRowSink } from '../../ports/stored-rows';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type { JsonProperties } from './json-property';
import type { Row } from '../table-access';

/**
 * How values of one shape stand in the rows of one table: the one place that decides what happens to a row that cannot
 * be read. Where many rows are read, it is skipped and noted, so that one damaged row never stops the others.
 */
export class RowCodec<Value> {
  readonly table: string;
  readonly schema: z.ZodType<Value>;
  readonly #sink: UnreadableRowSink;
  readonly #mostKnown: number;
  readonly #known = new Map<string, { readonly etag: string; readonly value: Value }>();

  /**
   * `mostKnown`: values of so many rows are kept with the ETag that they were read with, so that a list that is looked at every
   * few seconds is not checked each time. Their readers share them, and change nothing in them.
   */
  constructor(table: string, schema: z.ZodType<Value>, sink: UnreadableRowSink, mostKnown = 0) {
    this.table = table;
    this.schema = schema;
    this.#sink = sink;
    this.#mostKnown = mostKnown;
  }

  /**
   * The value as properties of a row; `what` names it in errors.
   * @throws PermanentError `store/unwritable-value` for a value that could not be read back, `store/value-too-large`
   */
  toProperties(value: Value, what: string): JsonProperties {
    const properties = toJsonProperties(value, what);
    try {
      fromJsonProperties(properties, this.schema, what);
    } catch (cause) {
      throw new PermanentError(
        'store/unwritable-value',
        `${what} could not be read back, so it is not stored`,
        {
          cause,
        },
      );
    }
    return properties;
  }

  /** @throws PermanentError `store/unreadable-row` */
  read(row: Row): Value {
    const name = this.#name(row);
    const known = this.#known.get(name);
    if (known !== undefined && known.etag === row.etag) return known.value;
    const value = fromJsonProperties(row, this.schema, name);
    if (this.#mostKnown === 0) return value;
    if (known === undefined && this.#known.size >= this.#mostKnown) this.#known.clear();
    this.#known.set(name, { etag: row.etag, value });
    return value;
  }

  /** undefined: the row cannot be read; it is noted and counts for nothing. */
  readIfUsable(row: Row): Value | undefined {
    return skipUnreadable(this.#sink, this.table, row, () => this.read(row));
  }

  #name({ partitionKey, rowKey }: Row): string {
    return `${this.table} ${String(partitionKey)} ${String(rowKey)}`;
  }
}

/** What `read` makes of a row; undefined when the row cannot be read, which is noted. */
export function skipUnreadable<Value>(
  sink: UnreadableRowSink,
  table: string,
  row: Pick<Row, 'partitionKey' | 'rowKey'>,
  read: () => Value,
): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const { partitionKey = '', rowKey = '' } = row;
    sink.note({ table, partitionKey, rowKey, problem: error.message });
    return undefined;
  }
}
