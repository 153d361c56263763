/** Where a row stands. */
export type RowPlace = { readonly table: string; readonly partitionKey: string; readonly rowKey: string };

/** A row that does not hold what it should; `problem` says what is wrong with it. */
export type UnreadableRow = RowPlace & { readonly problem: string };

/** Takes notice of rows that were skipped because they cannot be read: log and failure list name them. */
export interface UnreadableRowSink {
  /** Never throws and never waits. Of one row, once in a while is enough, however often it is met. */
  note(row: UnreadableRow): void;
}

/** The rows of all tables as they are stored, whatever they hold. */
export interface StoredRows {
  /**
   * Every row that this version of the app cannot read. Reads all tables, but of those that only grow (audit, times,
   * timelines, members of rollouts) nothing: what is wrong there is noted when it is met.
   */
  unreadable(): AsyncIterable<UnreadableRow>;
  /** What is wrong with this row; null: nothing; undefined: there is no such row. */
  problemOf(place: RowPlace): Promise<string | null | undefined>;
  /**
   * Copies a row to the table `setAside` as it is, and unless it is `kept`, deletes it, so that its place is free and
   * nothing is destroyed. False: there is no such row. `at`: milliseconds.
   */
  setAside(place: RowPlace, at: number, kept: boolean): Promise<boolean>;
}

/** `TABLE/PARTITION/ROW`; keys hold no slash (row-key.ts). */
export function nameRow({ table, partitionKey, rowKey }: RowPlace): string {
  return `${table}/${partitionKey}/${rowKey}`;
}

/** The place that `nameRow` wrote; undefined: it did not write this text. */
export function parseRowName(name: string): RowPlace | undefined {
  const [table, partitionKey, rowKey, ...rest] = name.split('/');
  if (!table || partitionKey === undefined || rowKey === undefined || rest.length > 0) return undefined;
  return { table, partitionKey, rowKey };
}

/** The class of a failure that is about a row which cannot be read. */
export const rowClass = 'row';

/** Subjects of failures that are about a row and not about a user begin so. */
const rowSubject = 'row:';

/** The subject of the failure that names an unreadable row. */
export function subjectOfRow(place: RowPlace): string {
  return `${rowSubject}${nameRow(place)}`;
}

/** The row that a failure's subject names; undefined: it is about something else. */
export function rowOfSubject(subject: string): RowPlace | undefined {
  return subject.startsWith(rowSubject) ? parseRowName(subject.slice(rowSubject.length)) : undefined;
}
