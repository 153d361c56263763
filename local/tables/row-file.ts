import { closeSync, existsSync, ftruncateSync, fstatSync, openSync, writeSync } from 'node:fs';
import { readLines, replaceByLines } from '../../packages/emulator-kit/src/line-file';
import { UserError } from '../../shared/kernel/errors';
import type { RowChange } from './sorted-rows';

export type TableName = { readonly account: string; readonly table: string };

/** One change of the tables: of a row, or a table that was made or dropped. */
export type TableChange = TableName & (RowChange | { readonly isMade: boolean });

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
  *read(): Iterable<TableChange> {
    if (!existsSync(this.#path)) return;
    let number = 0;
    for (const { text, isWhole } of readLines(this.#path)) {
      number++;
      // A process that was killed may have left half a line at the end, which it had told no caller of.
      if (!isWhole || text === '') continue;
      try {
        yield* JSON.parse(text) as TableChange[];
      } catch (cause) {
        throw new UserError('local/kept-damaged', `${this.#path}:${String(number)} is not JSON`, { cause });
      }
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
    const line = Buffer.from(`${JSON.stringify(this.#unsaved)}\n`, 'utf8');
    try {
      // A write may take less than it was given.
      for (let done = 0; done < line.length;) done += writeSync(this.#file, line, done);
    } catch (error) {
      // Half a line in the midst of the file would make all that follows unreadable.
      ftruncateSync(this.#file, this.#size);
      throw error;
    }
    this.#size += line.length;
    this.#unsaved = [];
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function* inLines(changes: Iterable<TableChange>): Generator<readonly TableChange[]> {
  for (const change of changes) yield [change];
}
