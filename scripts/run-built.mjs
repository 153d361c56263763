#!/usr/bin/env node
// Runs one built entry point, building first when a source changed: run-built.mjs ENTRY [ARG ...]
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import Module from 'node:module';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [entry, ...args] = process.argv.slice(2);
const built = spawnSync(process.execPath, [join(here, 'build.mjs'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (built.status === 0) {
  // As the main module, so that `require.main` is what it would be without this script.
  process.argv = [process.argv[0], join(here, '..', entry), ...args];
  Module.runMain();
} else {
  process.exitCode = built.status ?? 1;
}
