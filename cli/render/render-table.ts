import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { paint } from './paint';
import { wrapText } from './wrap-text';

export type Column = {
  readonly title: string;
  readonly align?: 'right';
  /** Takes what the others leave, and is wrapped; its cells carry no colors. */
  readonly flexible?: true;
};

const gap = 2;
const narrowest = 12;
const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** A table without lines around it, for eyes and for cut and grep, no wider than `width`. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = 80,
): string {
  const natural = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => longestLine(row[index] ?? ''))),
  );
  const fixed = columns.reduce(
    (sum, column, index) => sum + gap + (column.flexible ? 0 : (natural[index] ?? 0)),
    -gap,
  );
  const flexible = columns.filter((column) => column.flexible).length;
  const share = Math.max(narrowest, Math.floor((width - fixed) / Math.max(1, flexible)));
  const widths = columns.map((column, index) =>
    column.flexible ? Math.min(natural[index] ?? 0, share) : (natural[index] ?? 0),
  );
  const last = columns.length - 1;
  const table = new Table({
    chars: none,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    colWidths: widths.map((each) => each + gap),
  });
  table.push(columns.map(({ title }) => paint('dim', title)));
  for (const row of rows) {
    table.push(
      columns.map((column, index) => {
        const text = row[index] ?? '';
        return column.flexible ? wrapText(text, widths[index] ?? width).join('\n') : text;
      }),
    );
  }
  if (last < 0) return '';
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

function longestLine(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.length),
  );
}
