#!/usr/bin/env node
// npm test: builds what the chosen tests start as processes, runs jest, ends with `N passed, N failed`.
//   test.mjs [KIND ...] [PATH ...] [jest options]      KIND: unit, contract, end-to-end, faults, browser, long
// Without a kind: unit, contract, end-to-end. Paths and options reach jest as they are: `-t NAME`, `--watch`, `--coverage`, …
// All files of unit and contract tests run in groups; one that is named runs alone.
// Results also go to .build/test-results.json, the last line's figures to .build/test-summary.json; LICENSER_TEST_OUTPUT names
// another folder than .build, for a run beside this one. With CI set, a skipped test counts as a failed one.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeGroups } from './test-groups.js';
import { jestArguments, readArguments, summarize } from './test-run.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = resolve(root, process.env['LICENSER_TEST_OUTPUT'] || '.build');
const results = join(output, 'test-results.json');
const summaryFile = join(output, 'test-summary.json');
/** Below the root; generated. */
const groups = 'test/groups';
const skipNotes = join(output, 'not-tested');

const run = readArguments(process.argv.slice(2));

function build() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], {
    stdio: ['ignore', 2, 2],
  });
  return status ?? 1;
}

function jest() {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...jestArguments(run, results)],
    {
      cwd: root,
      env: {
        ...process.env,
        LICENSER_NOT_TESTED: skipNotes,
        ...(run.isWhole ? { LICENSER_TEST_GROUPS: groups } : {}),
      },
      // With --json jest reports on stderr and leaves stdout alone; watching needs the terminal.
      stdio: run.isWatching ? 'inherit' : ['ignore', 'ignore', 'inherit'],
    },
  );
  return status ?? 1;
}

rmSync(results, { force: true });
rmSync(summaryFile, { force: true });
rmSync(skipNotes, { recursive: true, force: true });
mkdirSync(skipNotes, { recursive: true });
process.exitCode = run.needsBuild ? build() : 0;
if (process.exitCode === 0) {
  if (run.isWhole) writeGroups(root, groups, run.kinds);
  process.exitCode = jest();
  if (!run.isWatching) {
    const report = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : undefined;
    const { lines, passed, failed } = summarize(report, {
      root,
      notesFolder: skipNotes,
      isSelection: run.isSelection,
      skippedFail: process.env['CI'] !== undefined && process.env['CI'] !== '',
    });
    writeFileSync(summaryFile, JSON.stringify({ passed, failed, lines: lines.slice(0, -1) }));
    process.stderr.write(`\n${lines.join('\n')}\n`);
    if (failed > 0 && process.exitCode === 0) process.exitCode = 1;
  }
}
