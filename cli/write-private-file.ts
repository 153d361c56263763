import { createWriteStream } from 'node:fs';
import { realpath, rename, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError, ensureError } from '../shared/kernel/errors';
import { withTemporaryFile } from './temporary-file';

/**
 * Writes a file that only its owner may read, also where one is there already that others may read: a new file takes its place,
 * whole or not at all. What is no file, such as a pipe, is written to as it is.
 * @throws UserError `cli/unwritable`
 */
export function writePrivateFile(path: string, text: string): Promise<void> {
  return writePrivately(path, (file, flag) => writeFile(file, text, { mode: 0o600, flag }));
}

/**
 * The same for a file that is too long to be held: chunk by chunk, compressed where its name ends with `.gz`.
 * @throws UserError `cli/unwritable`, and whatever the chunks throw
 */
export async function writePrivateChunks(path: string, chunks: AsyncIterable<string>): Promise<void> {
  let failed: { readonly why: unknown } | undefined;
  const source = async function* () {
    try {
      yield* chunks;
    } catch (why) {
      failed = { why };
      throw why;
    }
  };
  try {
    await writePrivately(path, async (file, flag) => {
      const out = createWriteStream(file, { mode: 0o600, flags: flag });
      const text = Readable.from(source(), { objectMode: true });
      await (path.endsWith('.gz') ? pipeline(text, createGzip(), out) : pipeline(text, out));
    });
  } catch (thrown) {
    // What could not be read is no trouble of the file's.
    throw failed === undefined ? thrown : failed.why;
  }
}

/** `flag` as of open(2): `wx` for a new file, `w` for what is there and no file. */
async function writePrivately(
  path: string,
  write: (file: string, flag: 'wx' | 'w') => Promise<void>,
): Promise<void> {
  try {
    // A link stays a link: what it points to is replaced.
    const target = await realpath(path).catch(() => path);
    const isFile = await stat(target).then(
      (found) => found.isFile(),
      () => true,
    );
    if (isFile) await replaceFile(target, write);
    else await write(target, 'w');
  } catch (cause) {
    throw new UserError('cli/unwritable', `${path} cannot be written: ${ensureError(cause).message}`, {
      cause,
    });
  }
}

function replaceFile(path: string, write: (file: string, flag: 'wx') => Promise<void>): Promise<void> {
  return withTemporaryFile(path, 'new', async (next) => {
    await write(next, 'wx');
    await rename(next, path);
  });
}
