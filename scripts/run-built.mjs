#!/usr/bin/env node
// Runs one built entry point, building first when a source changed: run-built.mjs ENTRY [ARG ...]
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [entry, ...args] = process.argv.slice(2);
const built = spawnSync(process.execPath, [join(here, 'build.mjs'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (built.status === 0) {
  const file = join(here, '..', entry);
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
} else {
  process.exitCode = built.status ?? 1;
}
