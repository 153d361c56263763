import { UserError } from '../../shared/kernel/errors';
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
  const names = (header ?? []).map((title) => title.toLowerCase().replace(/[^a-z]/g, ''));
  const wanted = titles.find((title) => names.includes(title));
  if (wanted === undefined) {
    throw new UserError('cli/csv', `${path} has no column id or userPrincipalName`, {
      hint: `Its first line names these columns: ${(header ?? []).join(', ') || 'none'}.`,
    });
  }
  const column = names.indexOf(wanted);
  const users = rows.map((row) => (row[column] ?? '').trim()).filter((user) => user !== '');
  if (users.length === 0) throw new UserError('cli/csv', `${path} names no users below its first line`);
  return [...new Set(users)];
}

/** Rows of fields; lines that are empty are left out. */
export function parseCsv(text: string, path: string): string[][] {
  const firstLine = text.slice(0, (text + '\n').indexOf('\n'));
  const separator = [';', '\t'].find((one) => firstLine.includes(one) && !firstLine.includes(',')) ?? ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.some((each) => each.trim() !== '')) rows.push(row);
    row = [];
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
    else if (char !== '\r') field += char;
  }
  if (isQuoted) throw new UserError('cli/csv', `${path} ends inside a quoted field`);
  endRow();
  return rows;
}
