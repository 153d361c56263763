// What a build was made of: while it stays the same, there is nothing to build.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The versions that are installed, which `git pull` and `npm ci` change without a source: the page has them bundled. */
const installed = join('node_modules', '.package-lock.json');

/**
 * @param {string} folder
 * @returns {string[]} paths of all files in it, sorted; none when it is not there
 */
export function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * @param {string} root the project
 * @param {readonly string[]} folders all files of these
 * @param {readonly string[]} files and these, which must be there
 * @returns {string} SHA-256 of their names and contents, and of the versions of the packages that are installed
 */
export function sourceDigest(root, folders, files) {
  const paths = [
    ...folders.flatMap((folder) => filesUnder(join(root, folder))),
    ...[...files, ...(existsSync(join(root, installed)) ? [installed] : [])].map((file) => join(root, file)),
  ];
  const hash = createHash('sha256');
  for (const path of paths)
    hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}
