#!/usr/bin/env node
// Prints `current` when the installed packages are those of package-lock.json, else `stale`: `npm ci` is needed, for instance
// after `git pull`. It runs before anything is installed, so it needs no package. A word, not an exit code: PowerShell may
// be set to stop at a program that fails.
//   packages-current.mjs [ROOT]
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [root = join(dirname(fileURLToPath(import.meta.url)), '..')] = process.argv.slice(2);

/** @returns {Record<string, object> | null} packages by folder; null: the file is not there, or was cut off */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

const isSame = (wanted, found) =>
  wanted.version === found.version &&
  Boolean(wanted.link) === Boolean(found.link) &&
  (wanted.integrity === undefined || found.integrity === undefined || wanted.integrity === found.integrity);

function isCurrent() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  // npm writes this file last: without it an installation was cut off.
  const found = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || found === null) return false;
  const folders = Object.keys(wanted).filter((folder) => folder !== '');
  return (
    folders.every((folder) =>
      found[folder] === undefined
        ? // Of another system: npm leaves it out.
          Boolean(wanted[folder].optional ?? wanted[folder].devOptional)
        : isSame(wanted[folder], found[folder]),
    ) && Object.keys(found).every((folder) => wanted[folder] !== undefined)
  );
}

process.stdout.write(isCurrent() ? 'current\n' : 'stale\n');
