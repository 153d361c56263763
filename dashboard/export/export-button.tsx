import { useSignal } from '@preact/signals';
import { ApiProblem } from '../api/problem';
import { mostExported } from '../data/read-all';
import type { AllRows } from '../data/read-all';
import type { CsvCell } from './csv';
import { downloadCsv } from './download';
import { number } from '../parts/format';
import { say } from '../parts/toast';

export type ExportedColumn<Row> = {
  readonly title: string;
  /** undefined: it is left out of the file. */
  readonly csv?: (row: Row) => CsvCell;
};

type ExportButtonProps<Row> = {
  /** Name of the file without its ending. */
  readonly file: string;
  readonly columns: readonly ExportedColumn<Row>[];
  readonly rows: readonly Row[];
  /** Reads what the list has beyond the rows that are shown; undefined: they are all there is. */
  readonly readAll: (() => Promise<AllRows<Row>>) | undefined;
};

/** Saves a list as a file, also what its other pages have. */
export function ExportButton<Row>({ file, columns, rows, readAll }: ExportButtonProps<Row>) {
  const isReading = useSignal(false);
  const save = async () => {
    if (isReading.value) return;
    isReading.value = true;
    try {
      const all = readAll === undefined ? { rows, isAll: true } : await readAll();
      saveRows(file, columns, all.rows);
      say(
        all.isAll
          ? `${file}.csv has ${number(all.rows.length)} rows: all there are.`
          : `${file}.csv has the first ${number(all.rows.length)} rows. Narrow the list for the others.`,
      );
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      say(`No file was saved. ${thrown.title}: ${thrown.message}`);
    } finally {
      isReading.value = false;
    }
  };
  return (
    <button type="button" class="link" aria-disabled={isReading.value} onClick={() => void save()}>
      {isReading.value
        ? 'Reading all rows …'
        : readAll === undefined
          ? 'Export as CSV'
          : `Export all as CSV (${number(mostExported)} rows at most)`}
    </button>
  );
}

function saveRows<Row>(file: string, columns: readonly ExportedColumn<Row>[], rows: readonly Row[]): void {
  const exported = columns.flatMap(({ title, csv }) => (csv === undefined ? [] : [{ title, csv }]));
  downloadCsv(file, [
    exported.map(({ title }) => title),
    ...rows.map((row) => exported.map(({ csv }) => csv(row))),
  ]);
}
