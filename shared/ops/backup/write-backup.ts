import { UserError } from '../../kernel/errors';
import type { Row, TableAccess } from '../../store/tables/table-access';
import { odataText } from '../../store/tables/rows/row-key';
import { readManifest, writeManifest, writePart } from './backup-folder';
import { backupFormat, backupVersion, rowsPerPart, tablesKept } from './backup-format';
import type { BackupRow, Manifest, Place, TablePart } from './backup-format';

export type BackupParts = {
  readonly table: (name: string) => Pick<TableAccess, 'query'>;
  readonly tenantId: string;
  readonly newId: () => string;
  readonly now: () => number;
  /** Rows in one file; default `rowsPerPart`. */
  readonly partRows?: number;
  readonly say?: (line: string) => void;
};

/**
 * Writes every row of the tables that are kept into a folder, table by table, a page in memory at a time. A backup that
 * was interrupted goes on behind its last whole file. The product may run meanwhile: a user whose rows were read on both sides of a
 * change is set right by the restore, which asks Graph.
 * @throws UserError `backup/complete` when the folder has a whole backup, `backup/other-tenant`
 */
export async function writeBackup(folder: string, parts: BackupParts): Promise<Manifest> {
  const found = await readManifest(folder);
  if (found !== undefined && found.endedAt !== null)
    throw new UserError('backup/complete', `${folder} has a backup already`, { hint: 'Name a new folder.' });
  if (found !== undefined && found.tenantId !== parts.tenantId) throw otherTenant(folder, found);
  let manifest = found ?? begin(parts);
  await writeManifest(folder, manifest);
  for (const { name, isDone } of manifest.tables) {
    if (isDone) continue;
    for await (const part of writeTable(folder, manifest, name, parts)) {
      manifest = { ...manifest, tables: manifest.tables.map((one) => (one.name === name ? part : one)) };
      await writeManifest(folder, manifest);
      parts.say?.(`${name}: ${String(part.parts.reduce((sum, { rows }) => sum + rows, 0))} rows`);
    }
  }
  manifest = { ...manifest, endedAt: parts.now() };
  await writeManifest(folder, manifest);
  return manifest;
}

/** Of a backup and a store that do not belong together. */
export function otherTenant(folder: string, { tenantId }: Manifest): UserError {
  return new UserError('backup/other-tenant', `${folder} is a backup of the tenant ${tenantId}`, {
    hint: 'Sign in to that tenant, or name another folder.',
  });
}

function begin({ tenantId, newId, now }: BackupParts): Manifest {
  return {
    format: backupFormat,
    v: backupVersion,
    id: newId(),
    tenantId,
    startedAt: now(),
    endedAt: null,
    tables: tablesKept.map((name) => ({ name, parts: [], after: null, isDone: false })),
  };
}

/** The table as it stands in the manifest after each file. */
async function* writeTable(
  folder: string,
  manifest: Manifest,
  name: TablePart['name'],
  { table, partRows = rowsPerPart }: BackupParts,
): AsyncIterable<TablePart> {
  const start = manifest.tables.find((one) => one.name === name);
  if (start === undefined) return;
  let state: TablePart = start;
  const rows = table(name).query(filterAfter(state.after))[Symbol.asyncIterator]();
  for (;;) {
    let count = 0;
    let last: Place | null = null;
    const some = async function* (): AsyncIterable<BackupRow> {
      for (; count < partRows; count++) {
        const next = await rows.next();
        if (next.done === true) return;
        const row = toBackupRow(next.value);
        last = { pk: row.pk, rk: row.rk };
        yield row;
      }
    };
    const file = `${name}-${String(state.parts.length + 1).padStart(5, '0')}.ndjson.gz`;
    await writePart(folder, file, some());
    const isDone = count < partRows;
    const parts = count === 0 ? state.parts : [...state.parts, { file, rows: count }];
    state = { ...state, parts, after: last ?? state.after, isDone };
    yield state;
    if (isDone) return;
  }
}

/** Behind a row, in the order of the table. */
function filterAfter(after: Place | null): string {
  // A table without a filter lists everything; the access wants one, and every key is at least the empty text.
  if (after === null) return `PartitionKey ge ''`;
  const pk = odataText(after.pk);
  return `PartitionKey gt ${pk} or (PartitionKey eq ${pk} and RowKey gt ${odataText(after.rk)})`;
}

/** What the service adds itself. */
const notKept = new Set(['partitionKey', 'rowKey', 'etag', 'timestamp']);

function toBackupRow(row: Row): BackupRow {
  const { partitionKey: pk = '', rowKey: rk = '' } = row;
  const p: BackupRow['p'] = {};
  for (const [name, value] of Object.entries(row as Readonly<Record<string, unknown>>)) {
    if (notKept.has(name) || name.startsWith('odata.') || value === undefined || value === null) continue;
    p[name] =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : toText(value);
  }
  return { pk, rk, p };
}

/** Of a type that the product writes nowhere: someone changed the row by hand, and one row must not stop a backup. */
function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
