import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { UserError, ensureError } from '../shared/kernel/errors';

/**
 * Writes a file that only its owner may read, also where one is there already that others may read: a new file takes its place,
 * whole or not at all. What is no file, such as a pipe, is written to as it is.
 * @throws UserError `cli/unwritable`
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  try {
    // A link stays a link: what it points to is replaced.
    const target = await realpath(path).catch(() => path);
    const isFile = await stat(target).then(
      (found) => found.isFile(),
      () => true,
    );
    if (isFile) await replaceFile(target, text);
    else await writeFile(target, text);
  } catch (cause) {
    throw new UserError('cli/unwritable', `${path} cannot be written: ${ensureError(cause).message}`, {
      cause,
    });
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.${randomUUID().slice(0, 8)}.new`;
  try {
    await writeFile(next, text, { mode: 0o600, flag: 'wx' });
    await rename(next, path);
  } catch (thrown) {
    await rm(next, { force: true });
    throw thrown;
  }
}
