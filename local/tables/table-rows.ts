import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { AppError } from '../../shared/kernel/errors';
import { isoTime, systemClock } from '../../shared/kernel/clock';

/** What is used of Azurite's row store (azurite/dist/src/table/persistence/LokiTableMetadataStore.js, lokijs). */
type Collection = { insert(rows: readonly object[]): unknown };
type Store = {
  init(): Promise<void>;
  createTable(context: object, table: { account: string; table: string }): Promise<void>;
  getEntityCollection(account: string, table: string, context: object): Collection;
};

const storeModule = 'azurite/dist/src/table/persistence/LokiTableMetadataStore.js';
const atOnce = 1_000;

/** One line of a file of rows, as JSON: the table, both keys, and the properties with their names in the table. */
export type TableRowLine = {
  readonly table: string;
  readonly PartitionKey: string;
  readonly RowKey: string;
  readonly [property: string]: string | number | boolean;
};

/**
 * Azurite in this process has these rows when it begins to serve. A row that is sent by HTTP costs a millisecond there
 * and one in the client, so that a large tenant would take minutes.
 * @throws AppError when Azurite has changed its inner form
 */
export function beginWithRows(file: string, account: string): void {
  const { prototype } = (createRequire(__filename)(storeModule) as { default: { prototype: Partial<Store> } })
    .default;
  // Called with the store that it is taken from.
  const { init } = prototype as { init?: (this: Store) => Promise<void> };
  if (typeof init !== 'function') {
    throw new AppError('local/azurite-changed', `${storeModule} has no init any more`);
  }
  prototype.init = async function (this: Store) {
    await init.call(this);
    await readRows(this, file, account);
  };
}

async function readRows(store: Store, file: string, account: string): Promise<void> {
  const waiting = new Map<string, object[]>();
  const tables = new Set<string>();
  const flush = async (table: string) => {
    if (!tables.has(table)) await store.createTable({}, { account, table });
    tables.add(table);
    store.getEntityCollection(account, table, {}).insert(waiting.get(table) ?? []);
    waiting.set(table, []);
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { table, ...row } = JSON.parse(line) as TableRowLine;
    const rows = waiting.get(table) ?? [];
    waiting.set(table, rows);
    rows.push(toDocument(row));
    if (rows.length >= atOnce) await flush(table);
  }
  for (const table of waiting.keys()) await flush(table);
}

/** As Azurite's TableHandler.js makes it of a request (`createPersistedEntity`). */
function toDocument(row: Omit<TableRowLine, 'table'>): object {
  const { PartitionKey, RowKey } = row;
  // A time with seven digits, as the service gives it.
  const lastModifiedTime = isoTime(systemClock.now()).replace('Z', '0000Z');
  return {
    PartitionKey,
    RowKey,
    properties: { ...row, Timestamp: lastModifiedTime, 'Timestamp@odata.type': 'Edm.DateTime' },
    lastModifiedTime,
    eTag: `W/"datetime'${encodeURIComponent(lastModifiedTime)}'"`,
  };
}
