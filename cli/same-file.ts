import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../shared/kernel/errors';

/** Whether two paths name one file: by links, by another spelling of a folder, or where there is no file yet. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  if (first !== undefined && second !== undefined)
    return first.dev === second.dev && first.ino === second.ino;
  return (await realPathOf(one)) === (await realPathOf(other));
}

/**
 * What a command writes must not take the place of what it reads: a person has that nowhere else.
 * @param what is written to `path`, as a sentence begins
 * @param read paths by their options; undefined: not given; `-`: standard input
 * @throws UserError `cli/usage`
 */
export async function refuseOverwriting(
  what: string,
  path: string,
  read: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  for (const [option, one] of Object.entries(read)) {
    if (one !== undefined && one !== '-' && (await isSameFile(one, path))) {
      throw new UserError(
        'cli/usage',
        `${what} would take the place of ${option}: give it a name of its own`,
      );
    }
  }
}

async function realPathOf(path: string): Promise<string> {
  const whole = resolve(path);
  try {
    return await realpath(whole);
  } catch {
    // Not there yet: its folder is.
    return realpath(dirname(whole)).then(
      (folder) => join(folder, basename(whole)),
      () => whole,
    );
  }
}
