import { chmod, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { UserError, ensureError } from '../shared/kernel/errors';
import { withTemporaryFile } from './temporary-file';

/**
 * Gives a file of a person another text: whole or not at all, with the permissions that it had. A link stays a link, and what is
 * no file, such as a pipe, is written to as it is.
 * @throws UserError `cli/unwritable`
 */
export async function rewriteFile(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path);
    const found = await stat(target);
    if (!found.isFile()) {
      await writeFile(target, text);
      return;
    }
    await withTemporaryFile(target, 'new', async (next) => {
      await writeFile(next, text, { flag: 'wx' });
      await chmod(next, found.mode & 0o777);
      await rename(next, target);
    });
  } catch (cause) {
    throw new UserError('cli/unwritable', `${path} cannot be written: ${ensureError(cause).message}`, {
      cause,
    });
  }
}
