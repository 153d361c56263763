import type { ComponentChildren } from 'preact';
import { go } from '../frame/location';
import type { AllRows } from '../data/read-all';
import { ExportButton } from '../export/export-button';
import type { ExportedColumn } from '../export/export-button';
import { News, useSteady } from './steady-rows';

export type Column<Row> = ExportedColumn<Row> & {
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
  /** Stands in the exported file alone, because the view says it already. */
  readonly isFileOnly?: boolean;
};

type DataTableProps<Row> = {
  /** Read to who cannot see the table. */
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Where Enter and a click on the row lead. */
  readonly linkOf?: (row: Row) => string | undefined;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (key: string) => void;
  /** Name of the exported file without its ending; undefined: no export. */
  readonly file?: string;
  /** Reads all that the list has, for the file; undefined: the rows are all there is. */
  readonly readAll?: () => Promise<AllRows<Row>>;
  /** Rows that come or go by themselves do not move the others: the reader asks for the news. */
  readonly isSteady?: boolean;
};

/** Rows from the server, a page at a time. On a narrow screen each row is a card, with the titles beside the cells. */
export function DataTable<Row>({
  name,
  columns,
  rows,
  keyOf,
  linkOf,
  selected,
  onSelect,
  file,
  readAll,
  isSteady = false,
}: DataTableProps<Row>) {
  const steady = useSteady(rows, keyOf, isSteady);
  const shown = columns.filter(({ isFileOnly }) => isFileOnly !== true);
  return (
    <>
      <News steady={steady} />
      <div class="table-place" role="region" aria-label={name} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {onSelect === undefined ? null : (
                <th scope="col">
                  <span class="for-readers">Select</span>
                </th>
              )}
              {shown.map(({ title, isNumber }) => (
                <th scope="col" key={title} class={isNumber ? 'number' : undefined}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steady.shown.map((row) => {
              const key = keyOf(row);
              const link = linkOf?.(row);
              return (
                <tr
                  key={key}
                  data-row={key}
                  class={steady.gone.has(key) ? 'is-gone' : undefined}
                  tabIndex={-1}
                  onKeyDown={(event) => {
                    if (event.target !== event.currentTarget) return;
                    if (event.key === 'Enter' && link !== undefined) go(link);
                    if (event.key === 'x') onSelect?.(key);
                  }}
                >
                  {onSelect === undefined ? null : (
                    <td>
                      <input
                        type="checkbox"
                        aria-label={`Select ${key}`}
                        checked={selected?.has(key) ?? false}
                        onChange={() => onSelect(key)}
                      />
                    </td>
                  )}
                  {shown.map(({ title, cell, isNumber }) => (
                    <td key={title} data-title={title} class={isNumber ? 'number' : undefined}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {file === undefined || rows.length === 0 ? null : (
        <ExportButton file={file} columns={columns} rows={rows} readAll={readAll} />
      )}
    </>
  );
}
