import { z } from 'zod';
import type { TransactionAction } from '@azure/data-tables';
import { isoTime } from '../../kernel/clock';
import { mapConcurrently } from '../../kernel/concurrently';
import { UserError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import { timing } from '../../kernel/timing';
import type { ReadAssignmentTimes } from '../../graph/assignment-times';
import { applyScope, intakeScope } from '../../pipeline/pauses/pause-scope';
import type { AuditStore } from '../../store/ports/audit-store';
import type { ControlStore } from '../../store/ports/control-store';
import type { Cursor, CursorStore } from '../../store/ports/cursor-store';
import { mostOperations } from '../../store/tables/table-access';
import type { TableAccess } from '../../store/tables/table-access';
import { readManifest, readPart } from './backup-folder';
import { tablesKept } from './backup-format';
import type { BackupRow, Manifest, TableKept } from './backup-format';
import { rowOfOtherTable } from './restored-row';
import { restoreUser } from './restored-user';
import type { NotClaimed } from './restored-user';
import { otherTenant } from './write-backup';

export type RestoreParts = {
  readonly table: (name: string) => Pick<TableAccess, 'query' | 'submit'>;
  readonly stores: {
    readonly cursors: CursorStore;
    readonly control: ControlStore;
    readonly audit: AuditStore;
  };
  readonly readTimes: ReadAssignmentTimes;
  readonly tenantId: string;
  readonly now: () => number;
  /** Into a store that has rows: those of the backup replace them, and what is only in the store stays. */
  readonly force: boolean;
  readonly by: string;
  readonly why: string;
  /** Licenses that are not claimed any more, as they are found; again those of the last hundred users after an interruption. */
  readonly noteNotClaimed: (found: readonly NotClaimed[]) => Promise<void>;
  /** How far the clocks of Graph and of the backup may be apart, milliseconds; default `timing.ops.backupClockSkew`. */
  readonly clockSkewMs?: number;
  readonly say?: (line: string) => void;
};

export type RestoreReport = {
  readonly backup: string;
  readonly takenAt: string;
  readonly rows: number;
  readonly users: number;
  /** Licenses that are claimed as granted by us, and those that are not any more. */
  readonly ledger: { readonly kept: number; readonly changed: number; readonly gone: number };
  readonly unreadableUsers: number;
  readonly paused: readonly string[];
};

/** The row that says how far a restore is; another host or a second attempt goes on behind it. */
const progressName = 'restore';
const Counts = z.object({
  rows: z.number(),
  users: z.number(),
  kept: z.number(),
  changed: z.number(),
  gone: z.number(),
  unreadable: z.number(),
});
const Progress = z.object({
  backup: z.string(),
  /** Tables that are whole, and how many rows of the next one. */
  tables: z.array(z.string()),
  skip: z.number(),
  counts: Counts,
  doneAt: z.number().nullable(),
});
type Progress = z.infer<typeof Progress>;

/** So many users, or rows of another table, are in memory at a time, and repeated after an interruption. */
const portionOfUsers = 100;
const portionOfRows = 500;
const atOnce = 8;
/** A transaction holds 4 MiB: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const mostCharacters = 3_000_000;

/**
 * Brings the rows of a backup back. First deciding and writing are paused, and they stay so until a person lifts it: the
 * app may be running. A restore that was interrupted goes on where it was.
 * @throws UserError `backup/none`, `backup/incomplete`, `backup/other-tenant`, `backup/not-empty`
 * @throws ConcurrencyError another process restores into the same store
 */
export async function restoreBackup(folder: string, parts: RestoreParts): Promise<RestoreReport> {
  const manifest = await readWhole(folder, parts);
  const { cursors, control, audit } = parts.stores;
  let cursor = await cursors.read(progressName);
  let progress = readProgress(cursor);
  if (progress === undefined || progress.backup !== manifest.id || progress.doneAt !== null) {
    await refuseUnlessEmpty(parts);
    progress = { backup: manifest.id, tables: [], skip: 0, counts: none, doneAt: null };
  }
  const store = async (next: Progress) => {
    cursor = await cursors.commit(progressName, cursor, JSON.stringify(next));
    progress = next;
  };
  await store(progress);
  const reason = `restored from the backup of ${isoTime(manifest.startedAt)}: look at licenser plan, then licenser queue resume`;
  for (const scope of [intakeScope, applyScope])
    await control.pause({ scope, origin: 'operator', reason, by: parts.by, at: parts.now(), probedAt: null });
  for (const name of tablesKept) {
    if (progress.tables.includes(name)) continue;
    await restoreTable(folder, manifest, name, parts, progress, store);
    await store({ ...progress, tables: [...progress.tables, name], skip: 0 });
    parts.say?.(`${name}: done`);
  }
  const { counts } = progress;
  const facts = { backup: manifest.id, takenAt: isoTime(manifest.startedAt), ...counts };
  await audit.record({
    at: parts.now(),
    by: parts.by,
    action: 'backup/restore',
    subject: 'tenant',
    why: parts.why,
    facts,
  });
  await store({ ...progress, doneAt: parts.now() });
  return {
    backup: manifest.id,
    takenAt: isoTime(manifest.startedAt),
    rows: counts.rows,
    users: counts.users,
    ledger: { kept: counts.kept, changed: counts.changed, gone: counts.gone },
    unreadableUsers: counts.unreadable,
    paused: [intakeScope, applyScope],
  };
}

const none = { rows: 0, users: 0, kept: 0, changed: 0, gone: 0, unreadable: 0 };

async function readWhole(folder: string, { tenantId }: RestoreParts): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (manifest === undefined) {
    throw new UserError('backup/none', `${folder} has no backup`, {
      hint: 'Name the folder that licenser backup wrote.',
    });
  }
  if (manifest.endedAt === null) {
    throw new UserError('backup/incomplete', `The backup in ${folder} is not complete`, {
      hint: 'Run licenser backup with the same folder again: it goes on.',
    });
  }
  if (manifest.tenantId !== tenantId) throw otherTenant(folder, manifest);
  return manifest;
}

function readProgress(cursor: Cursor): Progress | undefined {
  return cursor.value === null ? undefined : Progress.safeParse(JSON.parse(cursor.value)).data;
}

async function refuseUnlessEmpty({ table, force }: RestoreParts): Promise<void> {
  if (force) return;
  for (const name of ['users', 'policies', 'rollouts', 'audit']) {
    for await (const _row of table(name).query(`PartitionKey ge ''`)) {
      throw new UserError('backup/not-empty', `The table ${name} has rows`, {
        hint: 'A restore goes into an empty store. --force lets rows of the backup replace those that are there.',
      });
    }
  }
}

/** In portions, of whole users where it is about users; after each it is stored how far this is. */
async function restoreTable(
  folder: string,
  manifest: Manifest,
  name: TableKept,
  parts: RestoreParts,
  begun: Progress,
  store: (next: Progress) => Promise<void>,
): Promise<void> {
  let progress = begun;
  const before = manifest.startedAt - (parts.clockSkewMs ?? timing.ops.backupClockSkew.ms);
  const portions = portionsOf(rowsOf(folder, manifest, name), name === 'users', progress.skip);
  for await (const { rows, end } of portions) {
    const counts = { ...progress.counts, rows: progress.counts.rows + rows.length };
    let ready: readonly BackupRow[];
    if (name === 'users') {
      const users = [...groupByUser(rows).values()];
      const times = await parts.readTimes(users.filter(hasLedger).map(idOf));
      const restored = users.map((own) => restoreUser(own, times.get(idOf(own)), before));
      const notClaimed = restored.flatMap((user) => user.notClaimed);
      await parts.noteNotClaimed(notClaimed);
      ready = restored.flatMap((user) => user.rows);
      counts.users += users.length;
      counts.kept += restored.reduce((sum, { kept }) => sum + kept, 0);
      counts.changed += notClaimed.filter(({ why }) => why === 'changed').length;
      counts.gone += notClaimed.filter(({ why }) => why === 'gone').length;
      counts.unreadable += restored.filter(({ unreadable }) => unreadable).length;
    } else ready = rows.flatMap((row) => rowOfOtherTable(name, row));
    await mapConcurrently(inTransactions(ready), atOnce, (actions) => parts.table(name).submit(actions));
    progress = { ...progress, skip: end, counts };
    await store(progress);
  }
}

const idOf = (rows: readonly BackupRow[]) => toUserId(rows[0]?.pk ?? '');
const hasLedger = (rows: readonly BackupRow[]) => rows.some(({ rk }) => rk.startsWith('ledger|'));

async function* rowsOf(folder: string, { tables }: Manifest, name: TableKept): AsyncIterable<BackupRow> {
  const part = tables.find((one) => one.name === name);
  for (const { file } of part?.parts ?? []) yield* readPart(folder, file);
}

/** `end`: rows of the table up to and with this portion. A user is never in two portions. */
async function* portionsOf(
  rows: AsyncIterable<BackupRow>,
  byUser: boolean,
  skip: number,
): AsyncIterable<{ readonly rows: readonly BackupRow[]; readonly end: number }> {
  let portion: BackupRow[] = [];
  let keys = 0;
  let end = 0;
  for await (const row of rows) {
    end += 1;
    if (end <= skip) continue;
    const isNewKey = portion.at(-1)?.pk !== row.pk;
    const isFull = byUser ? isNewKey && keys >= portionOfUsers : portion.length >= portionOfRows;
    if (isFull) {
      yield { rows: portion, end: end - 1 };
      portion = [];
      keys = 0;
    }
    if (isNewKey || portion.length === 0) keys += 1;
    portion.push(row);
  }
  if (portion.length > 0) yield { rows: portion, end };
}

function groupByUser(rows: readonly BackupRow[]): ReadonlyMap<string, readonly BackupRow[]> {
  const users = new Map<string, BackupRow[]>();
  for (const row of rows) {
    const own = users.get(row.pk);
    if (own === undefined) users.set(row.pk, [row]);
    else own.push(row);
  }
  return users;
}

/** Changes of one partition each, within what a transaction holds. */
function inTransactions(rows: readonly BackupRow[]): TransactionAction[][] {
  const transactions: TransactionAction[][] = [];
  let characters = 0;
  let partition: string | undefined;
  for (const { pk, rk, p } of rows) {
    const length = JSON.stringify(p).length;
    const last = transactions.at(-1);
    const action: TransactionAction = ['upsert', { partitionKey: pk, rowKey: rk, ...p }, 'Replace'];
    const fits = partition === pk && characters + length <= mostCharacters;
    if (last !== undefined && fits && last.length < mostOperations) {
      last.push(action);
      characters += length;
    } else {
      transactions.push([action]);
      characters = length;
      partition = pk;
    }
  }
  return transactions;
}
