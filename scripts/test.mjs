#!/usr/bin/env node
// npm test: builds when stale, then runs jest. Results also go to .build/test-results.json, for .ci/run.
//   test.mjs                all kinds but the long campaigns
//   test.mjs unit|contract|end-to-end|faults|long [jest arguments]
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const kinds = ['unit', 'contract', 'end-to-end', 'faults', 'long'];
const args = process.argv.slice(2);
const chosen = kinds.includes(args[0]) ? [args.shift()] : kinds.filter((kind) => kind !== 'long');

const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (build.status !== 0) {
  process.exitCode = build.status ?? 1;
} else {
  const jest = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--json', '--outputFile', join(root, '.build', 'test-results.json')],
      ...['--selectProjects', ...chosen],
      ...(args.length > 0 ? ['--', ...args] : []),
    ],
    // With --json jest reports on stderr and leaves stdout alone.
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  process.exitCode = jest.status ?? 1;
}
