import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AppError } from '../../shared/kernel/errors';
import { partitionsOf } from './partitions-of';
import { RowFile, keptDamaged } from './row-file';
import type { KeptChange, TableChange, TableName } from './row-file';
import { SortedRows } from './sorted-rows';
import type { RowKeys } from './sorted-rows';

type Done = (error?: unknown) => void;

/** What Azurite's row store uses of its LokiJS database. */
type Database = {
  getCollection(name: string): unknown;
  addCollection(name: string, options?: object): unknown;
  removeCollection(name: string): void;
  saveDatabase(done: Done): void;
  close(done: Done): void;
};

/** What is used of Azurite's row store (azurite/dist/src/table/persistence/LokiTableMetadataStore.js). */
type Store = {
  db: Database;
  init: (this: Store) => Promise<void>;
  createTable: (this: Store, context: object, table: TableName) => Promise<void>;
  deleteTable: (this: Store, context: object, table: string, account: string) => Promise<void>;
  getEntityCollection: (this: Store, account: string, table: string, context: object) => SortedRows;
  queryTableEntities: (
    this: Store,
    context: object,
    account: string,
    table: string,
    options: { readonly filter?: string },
    nextPartitionKey?: string,
    nextRowKey?: string,
  ) => Promise<unknown>;
  beginBatchTransaction: (this: Store, batchId: string) => Promise<void>;
  endBatchTransaction: (this: Store, ...args: unknown[]) => Promise<void>;
};

const storeModule = 'azurite/dist/src/table/persistence/LokiTableMetadataStore.js';
const patched = [
  'init',
  'createTable',
  'deleteTable',
  'getEntityCollection',
  'queryTableEntities',
  'beginBatchTransaction',
  'endBatchTransaction',
] as const;

/** Its file in the folder of the tables. */
export const rowFileName = 'rows.ndjson';

/** Resolves when everything that was changed before the call is in the file. */
export type Saved = () => Promise<void>;

/**
 * Azure Tables finds a row, a partition and the next page by the keys. Azurite has LokiJS look at every row of the table for
 * each page, move all of its index for each write, and write all rows anew for each save; with the rows of a few thousand
 * users that takes all of a processor. From this call on, Azurite in this process keeps rows sorted by their keys.
 * @param folder where the rows outlive the process; undefined: in memory
 * @throws AppError when Azurite has changed its inner form
 */
export function keepRowsSorted(folder: string | undefined): Saved {
  const prototype = storePrototype();
  const { init, createTable, deleteTable, getEntityCollection, queryTableEntities } = prototype;
  const { beginBatchTransaction, endBatchTransaction } = prototype;
  const file = folder === undefined ? undefined : new RowFile(join(folder, rowFileName));
  const transactions = new Transactions();

  prototype.init = async function (this: Store) {
    await init.call(this);
    const sorted = new SortedDatabase(this.db, (change) => file?.note(change));
    this.db = sorted;
    if (folder === undefined || file === undefined) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const kept of file.read()) await replay(this, kept);
    file.begin(sorted.everything());
  };
  prototype.createTable = async function (this: Store, context, name) {
    await createTable.call(this, context, name);
    file?.note({ account: name.account, table: name.table, isMade: true });
  };
  prototype.deleteTable = async function (this: Store, context, table, account) {
    await deleteTable.call(this, context, table, account);
    file?.note({ account, table, isMade: false });
  };
  prototype.queryTableEntities = function (this: Store, context, account, table, options, ...next) {
    const range = { partitions: partitionsOf(options.filter), from: placeOf(...next) };
    const narrowed = Object.create(this, {
      getEntityCollection: {
        value: () => ({ chain: () => getEntityCollection.call(this, account, table, context).chain(range) }),
      },
    }) as Store;
    return queryTableEntities.call(narrowed, context, account, table, options, ...next);
  };
  prototype.beginBatchTransaction = async function (this: Store, batchId) {
    await beginBatchTransaction.call(this, batchId);
    transactions.begin();
  };
  prototype.endBatchTransaction = async function (this: Store, ...args) {
    try {
      await endBatchTransaction.apply(this, args);
    } finally {
      transactions.end();
    }
  };
  return async () => {
    await transactions.ended();
    file?.save();
  };

  async function replay(store: Store, { change, place }: KeptChange): Promise<void> {
    try {
      await redo(store, change);
    } catch (cause) {
      // Such as a row of a table that was never made.
      throw keptDamaged(place, 'does not fit what stands before it', cause);
    }
  }

  async function redo(store: Store, change: TableChange): Promise<void> {
    const { account, table } = change;
    if ('isMade' in change) {
      if (change.isMade) await createTable.call(store, {}, { account, table });
      else await deleteTable.call(store, {}, table, account);
      return;
    }
    const rows = getEntityCollection.call(store, account, table, {});
    if ('row' in change) rows.update(change.row);
    else rows.delete(change.gone);
  }
}

/** What Azurite gives as the place of the next page, which is the first row of it; undefined: the first page. */
function placeOf(partitionKey?: string, rowKey?: string): RowKeys | undefined {
  const decode = (text: string) => Buffer.from(text, 'base64').toString('utf8');
  if (partitionKey === undefined) return undefined;
  return { PartitionKey: decode(partitionKey), RowKey: rowKey === undefined ? '' : decode(rowKey) };
}

function storePrototype(): Store {
  const { prototype } = (createRequire(__filename)(storeModule) as { default: { prototype: Partial<Store> } })
    .default;
  const missing = patched.filter((name) => typeof prototype[name] !== 'function');
  if (missing.length === 0) return prototype as Store;
  throw new AppError('local/azurite-changed', `${storeModule} has no ${missing.join(', ')} any more`);
}

/** Azurite's database with tables of its own kind beside the two collections in which it notes tables and settings. */
class SortedDatabase implements Database {
  readonly #inner: Database;
  readonly #onChange: (change: TableChange) => void;
  readonly #tables = new Map<string, { readonly name: TableName; readonly rows: SortedRows }>();

  constructor(inner: Database, onChange: (change: TableChange) => void) {
    this.#inner = inner;
    this.#onChange = onChange;
  }

  getCollection(name: string): unknown {
    return this.#tables.get(name)?.rows ?? this.#inner.getCollection(name);
  }

  /** @param name as Azurite makes it: account, `$`, table */
  addCollection(name: string): SortedRows {
    const cut = name.indexOf('$');
    const of: TableName = { account: name.slice(0, cut), table: name.slice(cut + 1) };
    const rows = new SortedRows((change) => this.#onChange({ ...of, ...change }));
    this.#tables.set(name, { name: of, rows });
    return rows;
  }

  removeCollection(name: string): void {
    this.#tables.delete(name);
  }

  saveDatabase(done: Done): void {
    this.#inner.saveDatabase(done);
  }

  close(done: Done): void {
    this.#inner.close(done);
  }

  /** All tables and rows, as changes that lead there. */
  *everything(): Iterable<TableChange> {
    for (const { name, rows } of this.#tables.values()) {
      yield { ...name, isMade: true };
      for (const row of rows.within()) yield { ...name, row };
    }
  }
}

/** Those that are under way: what they have changed so far is not to be seen alone. */
class Transactions {
  #open = 0;
  #waiting: (() => void)[] = [];

  begin(): void {
    this.#open++;
  }

  end(): void {
    // One that was refused before it began is ended all the same.
    this.#open = Math.max(0, this.#open - 1);
    if (this.#open > 0) return;
    for (const go of this.#waiting.splice(0)) go();
  }

  async ended(): Promise<void> {
    while (this.#open > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
