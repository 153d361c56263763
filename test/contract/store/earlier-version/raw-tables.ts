import { TableClient, TableServiceClient } from '@azure/data-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';

/** Rows by table as the service has them: keys and string, number and boolean properties, sorted by their keys. */
export type RawTables = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Differ between two writings of the same thing. */
const ownOfTheService = new Set(['etag', 'timestamp', 'odata.metadata', 'stamp']);

export async function readRawTables({ endpoint, credential }: LentTables): Promise<RawTables> {
  const options = { allowInsecureConnection: true };
  const tables: Record<string, Record<string, unknown>[]> = {};
  for await (const { name = '' } of new TableServiceClient(endpoint, credential, options).listTables()) {
    const rows: Record<string, unknown>[] = [];
    for await (const row of new TableClient(endpoint, name, credential, options).listEntities()) {
      rows.push(Object.fromEntries(Object.entries(row).filter(([key]) => !ownOfTheService.has(key))));
    }
    tables[name] = rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }
  return Object.fromEntries(Object.entries(tables).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const keyOf = (row: Readonly<Record<string, unknown>>) =>
  `${String(row['partitionKey'])}|${String(row['rowKey'])}`;

export async function writeRawTables({ endpoint, credential }: LentTables, tables: RawTables): Promise<void> {
  const options = { allowInsecureConnection: true };
  for (const [name, rows] of Object.entries(tables)) {
    const table = new TableClient(endpoint, name, credential, options);
    await table.createTable();
    for (const row of rows) {
      await table.createEntity({
        ...row,
        partitionKey: String(row['partitionKey']),
        rowKey: String(row['rowKey']),
      });
    }
  }
}
