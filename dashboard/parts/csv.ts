export type CsvCell = string | number | boolean | null | undefined;

/**
 * One cell (RFC 4180). A text that a spreadsheet would run as a formula is kept from it:
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(value: CsvCell): string {
  const text = value === null || value === undefined ? '' : String(value);
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r]/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text of a file, its first row the titles. */
export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
