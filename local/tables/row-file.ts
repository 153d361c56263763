import { closeSync, existsSync, ftruncateSync, fstatSync, openSync, writeSync } from 'node:fs';
import { readLines, replaceByLines } from '../../packages/emulator-kit/src/line-file';
import { UserError } from '../../shared/kernel/errors';
import type { RowChange, RowKeys, StoredRow } from './sorted-rows';

export type TableName = { readonly account: string; readonly table: string };

/** One change of the tables: of a row, or a table that was made or dropped. */
export type TableChange = TableName & (RowChange | { readonly isMade: boolean });

/** `place`: file and line. */
export type KeptChange = { readonly change: TableChange; readonly place: string };

/**
 * The file of tables that outlive their process: one line of JSON for all changes that were saved together, so that a
 * process that is killed leaves none of them or all. A change costs as much as the change is long, however many rows there are.
 * The file is not synced to the disk: it outlives the process, not the machine.
 */
export class RowFile {
  readonly #path: string;
  #file: number | undefined;
  #size = 0;
  #unsaved: TableChange[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** What the file tells, in the order in which it happened. @throws UserError `local/kept-damaged` */
  *read(): Iterable<KeptChange> {
    if (!existsSync(this.#path)) return;
    let number = 0;
    for (const { text, isWhole } of readLines(this.#path)) {
      number++;
      // A process that was killed may have left half a line at the end, which it had told no caller of.
      if (!isWhole || text === '') continue;
      const place = `${this.#path}:${String(number)}`;
      for (const change of parseLine(text, place)) yield { change, place };
    }
  }

  /** Begins anew with these, and takes further changes from now on. */
  begin(changes: Iterable<TableChange>): void {
    replaceByLines(this.#path, inLines(changes));
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#size = fstatSync(this.#file).size;
    this.#unsaved = [];
  }

  /** Is in the file after the next `save`; before `begin` nothing is noted. */
  note(change: TableChange): void {
    if (this.#file !== undefined) this.#unsaved.push(change);
  }

  /** Writes down what was noted since the last time, all of it or nothing. @throws what the file system throws */
  save(): void {
    if (this.#file === undefined || this.#unsaved.length === 0) return;
    // A save that failed may have left half a line: in the midst of the file it would make all that follows unreadable.
    if (fstatSync(this.#file).size !== this.#size) ftruncateSync(this.#file, this.#size);
    const line = Buffer.from(`${JSON.stringify(this.#unsaved)}\n`, 'utf8');
    // A write may take less than it was given.
    for (let done = 0; done < line.length;) done += writeSync(this.#file, line, done);
    this.#size += line.length;
    this.#unsaved = [];
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** The error for a place that cannot be taken up. Azurite prints nothing of it but the message, so that says it all. */
export function keptDamaged(place: string, what: string, cause?: unknown): UserError {
  const message = `${place} ${what} (local/kept-damaged). To begin anew, delete the folder of the kept state.`;
  return new UserError('local/kept-damaged', message, { cause });
}

function parseLine(text: string, place: string): readonly TableChange[] {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (cause) {
    throw keptDamaged(place, 'is not JSON', cause);
  }
  if (Array.isArray(line) && line.every(isTableChange)) return line;
  throw keptDamaged(place, 'is not a list of changes of tables');
}

/** By hand: a row is not copied, and there may be a million. */
function isTableChange(value: unknown): value is TableChange {
  if (!hasTexts(value, ['account', 'table'])) return false;
  if ('isMade' in value) return typeof value.isMade === 'boolean';
  return 'row' in value ? isRow(value.row) : 'gone' in value && isKeys(value.gone);
}

function isRow(value: unknown): value is StoredRow {
  return (
    isKeys(value) &&
    hasTexts(value, ['lastModifiedTime', 'eTag']) &&
    'properties' in value &&
    typeof value.properties === 'object' &&
    value.properties !== null
  );
}

function isKeys(value: unknown): value is RowKeys {
  return hasTexts(value, ['PartitionKey', 'RowKey']);
}

function hasTexts<Key extends string>(
  value: unknown,
  keys: readonly Key[],
): value is Readonly<Record<Key, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every((key) => typeof (value as Readonly<Record<string, unknown>>)[key] === 'string')
  );
}

function* inLines(changes: Iterable<TableChange>): Generator<readonly TableChange[]> {
  for (const change of changes) yield [change];
}
