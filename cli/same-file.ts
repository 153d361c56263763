import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Whether two paths name one file: by links, by another spelling of a folder, or where there is no file yet. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  if (first !== undefined && second !== undefined)
    return first.dev === second.dev && first.ino === second.ino;
  return (await realPathOf(one)) === (await realPathOf(other));
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
