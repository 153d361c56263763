export type CsvCell = string | number | boolean | null | undefined;

/**
 * What a terminal that shows the file would obey: controls but tab and line ends, marks that turn the direction, and tag
 * characters. The page imports nothing of the CLI: a test holds this beside cli/visible-text.ts.
 */
const controls =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

function escaped(control: string): string {
  const code = (control.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/**
 * One cell (RFC 4180). A text that a spreadsheet would run as a formula is kept from it:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(value: CsvCell): string {
  const text = value === null || value === undefined ? '' : String(value).replace(controls, escaped);
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r]/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text of a file, its first row the titles. */
export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
