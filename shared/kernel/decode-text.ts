import { UserError } from './errors';

/**
 * The text of a file as a person saved it: UTF-8, or UTF-16 that begins with a byte order mark. Anything else would be
 * read with wrong letters, and a name with a wrong letter matches no one.
 * @throws UserError `file/not-unicode` with the place
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode('utf-16le', bytes.subarray(2), name);
  if (first === 0xfe && second === 0xff) return decode('utf-16be', bytes.subarray(2), name);
  return decode('utf-8', bytes, name).replace(/^\ufeff/, '');
}

function decode(encoding: 'utf-8' | 'utf-16le' | 'utf-16be', bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const readable = new TextDecoder(encoding).decode(bytes);
    const before = readable.slice(0, readable.indexOf('\ufffd'));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    throw new UserError(
      'file/not-unicode',
      `${name}:${String(line)}:${String(column)} is not ${encoding.toUpperCase()}`,
      {
        cause,
        hint: 'Save the file as UTF-8. Windows-1252 and other code pages lose what is beyond ASCII, such as ä or é.',
      },
    );
  }
}
