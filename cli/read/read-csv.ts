import { UserError } from '../../shared/kernel/errors';
import { isGuid } from '../../shared/kernel/ids';
import { readTextFile } from '../io';
import type { Io } from '../io';

/** Column titles that name a user, letter case and separators aside; the first that is there is taken. */
const titles = ['id', 'objectid', 'userid', 'userprincipalname', 'upn'];

/**
 * The users of a CSV file (RFC 4180; comma, semicolon or tab): the column `id` or `userPrincipalName`, as the exports
 * of the Microsoft admin centers have them.
 * @throws UserError `cli/csv`
 */
export async function readUsersCsv(io: Io, path: string): Promise<readonly string[]> {
  const [header, ...rows] = parseCsv(await readTextFile(io, path), path);
  const names = (header?.fields ?? []).map((title) => title.toLowerCase().replace(/[^a-z]/g, ''));
  for (const { fields, line } of rows) {
    if (fields.length <= names.length) continue;
    throw new UserError(
      'cli/csv',
      `${path}:${String(line)} has ${String(fields.length)} fields, and the first line names ${String(names.length)}`,
      {
        hint: 'A field with a comma in it must stand in quotes; else the columns behind it are shifted.',
      },
    );
  }
  const wanted = chooseColumn(names, rows);
  if (wanted === undefined) {
    throw new UserError('cli/csv', `${path} has no column id or userPrincipalName`, {
      hint: `Its first line names these columns: ${(header?.fields ?? []).join(', ') || 'none'}.`,
    });
  }
  const column = names.indexOf(wanted);
  const users = rows.map(({ fields }) => (fields[column] ?? '').trim()).filter((user) => user !== '');
  if (users.length === 0) throw new UserError('cli/csv', `${path} names no users below its first line`);
  return [...new Set(users)];
}

/** A column that is called like an id may hold row numbers: one of names beside it is meant then. */
function chooseColumn(names: readonly string[], rows: readonly CsvRow[]): string | undefined {
  const present = titles.filter((title) => names.includes(title));
  const holdsUsers = (title: string) => {
    const column = names.indexOf(title);
    const values = rows.map(({ fields }) => (fields[column] ?? '').trim()).filter((value) => value !== '');
    return values.length > 0 && values.every((value) => isGuid(value) || value.includes('@'));
  };
  return present.find(holdsUsers) ?? present[0];
}

/** A row with the number of the line that it begins in, from 1. */
export type CsvRow = { readonly fields: string[]; readonly line: number };

/** What stands before the columns' titles: `#TYPE …` of PowerShell's Export-Csv, `sep=;` of Excel. */
const preamble = /^(?:#TYPE [^\n]*\n)?(?:sep=([^\n])[ \t]*\n)?/i;

/** Rows of fields; lines that are empty are left out. Lines end in LF, CR LF, or CR as on old Macs. */
export function parseCsv(given: string, path: string): CsvRow[] {
  const whole = given.replace(/\r\n?/g, '\n');
  const [before = '', named] = preamble.exec(whole) ?? [];
  const text = whole.slice(before.length);
  const firstLine = text.slice(0, (text + '\n').indexOf('\n')).replace(/"(?:[^"]|"")*"/g, '');
  const separator =
    named ?? [';', '\t'].find((one) => firstLine.includes(one) && !firstLine.includes(',')) ?? ',';
  let line = before.split('\n').length;
  let begun = line;
  const rows: CsvRow[] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.some((each) => each.trim() !== '')) rows.push({ fields: row, line: begun });
    row = [];
    begun = line + 1;
  };
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[index + 1] === '"') field += text[++index] ?? '';
      else isQuoted = false;
    } else if (char === '"' && field === '') isQuoted = true;
    else if (char === separator) endField();
    else if (char === '\n') endRow();
    else field += char;
    if (char === '\n') line++;
  }
  if (isQuoted) throw new UserError('cli/csv', `${path} ends inside a quoted field`);
  endRow();
  return rows;
}
