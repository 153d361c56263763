#!/usr/bin/env node
// Runs one built entry point, building first when a source changed: run-built.mjs ENTRY [ARG ...]
// ENTRY is a file, or the folder of a package (then its bin).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Module from 'node:module';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [entry, ...args] = process.argv.slice(2);

function entryFile() {
  if (!entry.startsWith('packages/') || entry.endsWith('.js')) return join(root, entry);
  const { bin } = JSON.parse(readFileSync(join(root, entry, 'package.json'), 'utf8'));
  return join(root, entry, Object.values(bin)[0]);
}

const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (built.status === 0) {
  // As the main module, so that `require.main` is what it would be without this script.
  process.argv = [process.argv[0], entryFile(), ...args];
  Module.runMain();
} else {
  process.exitCode = built.status ?? 1;
}
