import stringWidth from 'string-width';
import { paint } from './paint';
import { wrapText } from './wrap-text';

export type Column = {
  readonly title: string;
  readonly align?: 'right';
  /** Takes what the others leave, and is wrapped; its cells carry no colors. */
  readonly flexible?: true;
};

const gap = '  ';
const narrowest = 12;

/** A table without lines around it, for eyes and for cut and grep, no wider than `width` columns where it can be. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = 80,
): string {
  const widths = columnWidths(columns, rows, width);
  const lines = rows.flatMap((row) => {
    const cells = columns.map(({ flexible }, index) => {
      const text = row[index] ?? '';
      return flexible ? wrapText(text, widths[index] ?? width) : text.split('\n');
    });
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ''));
  });
  return [columns.map(({ title }) => paint('dim', title)), ...lines]
    .map((line) => line.map((text, index) => padTo(text, widths[index] ?? 0, columns[index])))
    .map((line) => `${line.join(gap).trimEnd()}\n`)
    .join('');
}

/** Each column as wide as its widest line; the flexible ones share what is left. */
function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const natural = columns.map(({ title }, index) =>
    Math.max(...[title, ...rows.flatMap((row) => (row[index] ?? '').split('\n'))].map(stringWidth)),
  );
  const fixed = columns.map(({ flexible }, index) => (flexible ? 0 : (natural[index] ?? 0)));
  const left = width - fixed.reduce((sum, each) => sum + each + gap.length, -gap.length);
  const share = Math.floor(left / Math.max(1, columns.filter(({ flexible }) => flexible).length));
  return natural.map((each, index) =>
    columns[index]?.flexible ? Math.min(each, Math.max(narrowest, share)) : each,
  );
}

function padTo(text: string, width: number, column: Column | undefined): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return column?.align === 'right' ? space + text : text + space;
}
