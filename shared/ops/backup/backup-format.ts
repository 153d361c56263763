import { z } from 'zod';

/**
 * A backup is a folder: `backup.json` (the manifest below) and files `TABLE-00001.ndjson.gz`, each of at most
 * `rowsPerPart` rows, gzipped. A line is `{ "pk", "rk", "p" }`: partition key, row key, and the other properties as the
 * table has them (texts, numbers, booleans). Rows stand in the order of the table: by partition key, then row key.
 * A newer `v` is refused by an older version of the product.
 */
export const backupFormat = 'entra-auto-licenser backup';
export const backupVersion = 1;
export const manifestName = 'backup.json';
export const rowsPerPart = 10_000;

/**
 * Tables in a backup, in the order in which they are restored: users last but for what only tells of them, so that a
 * restore that stops early has the policies first.
 */
export const tablesKept = [
  'policies',
  'knowledge',
  'guards',
  'rollouts',
  'rolloutMembers',
  'users',
  'exceptions',
  'waiting',
  'failures',
  'failuresByState',
  'times',
  'samples',
  'setAside',
  'audit',
  'control',
  'cursors',
] as const;
export type TableKept = (typeof tablesKept)[number];

/**
 * Not in a backup: what is true for seconds only; requests and approvals that must not be carried out again; and what is
 * made anew from the other tables.
 */
export const tablesLeft = [
  ...['leases', 'quota', 'handling'],
  ...['operations', 'approvals', 'answers'],
  ...['attention', 'counters', 'levels', 'plans'],
] as const;

export const BackupRow = z.object({
  pk: z.string(),
  rk: z.string(),
  p: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type BackupRow = z.infer<typeof BackupRow>;

const Place = z.object({ pk: z.string(), rk: z.string() });
export type Place = z.infer<typeof Place>;

export const TablePart = z.object({
  name: z.enum(tablesKept),
  parts: z.array(z.object({ file: z.string().regex(/^\w+-\d{5}\.ndjson\.gz$/), rows: z.number() })),
  /** The last row that is in a part; null: none is. */
  after: Place.nullable(),
  isDone: z.boolean(),
});
export type TablePart = z.infer<typeof TablePart>;

export const Manifest = z.object({
  format: z.literal(backupFormat),
  v: z.literal(backupVersion),
  id: z.string(),
  tenantId: z.string(),
  /** Milliseconds. What a restore claims as granted by the product was last changed before this time. */
  startedAt: z.number(),
  /** Milliseconds; null: it is not complete. */
  endedAt: z.number().nullable(),
  tables: z.array(TablePart),
});
export type Manifest = z.infer<typeof Manifest>;
