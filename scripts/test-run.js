// What scripts/test.mjs makes of its arguments and of jest's results. Pure but for reading the notes of skipped checks.
const { readFileSync, readdirSync } = require('node:fs');
const { join, relative } = require('node:path');
const { stripVTControlCharacters } = require('node:util');

const kinds = ['unit', 'contract', 'end-to-end', 'faults', 'browser', 'long'];
/** What runs when none is named: five minutes on two idle cores. The gate (.ci/run) runs `faults` and `browser` too. */
const usualKinds = ['unit', 'contract', 'end-to-end'];
/** Only these start what `npm run build` makes; a unit test runs from the sources. */
const builtKinds = kinds.filter((kind) => kind !== 'unit');

/**
 * Kinds come first, each at most once; everything after them is jest's.
 * @returns {{ kinds: string[], rest: string[], needsBuild: boolean, isWatching: boolean, isSelection: boolean, isWhole: boolean }}
 * isSelection: `-t` chooses tests within files, so that jest reports all others as skipped; isWhole: nothing chooses any.
 */
function readArguments(args) {
  const first = args.findIndex((arg) => !kinds.includes(arg));
  const split = first === -1 ? args.length : first;
  const named = args.slice(0, split);
  const chosen = named.length > 0 ? named : usualKinds;
  const rest = args.slice(split);
  return {
    kinds: chosen,
    rest,
    needsBuild: chosen.some((kind) => builtKinds.includes(kind)),
    isWatching: rest.some((arg) => arg === '--watch' || arg === '--watchAll'),
    isWhole: rest.length === 0,
    isSelection: rest.some((arg) => /^(?:-t|--testNamePattern)(?:=|$)/.test(arg)),
  };
}

/** The options come after the user's own: `--selectProjects` takes every word that follows it. */
function jestArguments({ kinds: chosen, rest, isWatching }, resultsFile) {
  const end = rest.indexOf('--');
  const [options, paths] = end === -1 ? [rest, []] : [rest.slice(0, end), rest.slice(end)];
  const json = isWatching ? [] : ['--json', `--outputFile=${resultsFile}`];
  return [...options, ...json, '--selectProjects', ...chosen, ...paths];
}

/**
 * The last lines of a run. `report` is jest's JSON, or undefined when jest did not get as far as writing one.
 * A test file that could not be run counts as one failure.
 * Every test that failed is named, with the first lines of its message: a long log is often kept only in part.
 * @returns {{ lines: string[], passed: number, failed: number }}
 */
function summarize(report, { root, notesFolder, isSelection, skippedFail }) {
  if (report === undefined) return { lines: ['0 passed, 1 failed'], passed: 0, failed: 1 };
  const lines = [];
  let failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  let passed = report.numPassedTests;
  for (const note of readNotes(notesFolder)) {
    lines.push(`Not tested: ${note}`);
    passed -= 1;
    if (skippedFail) failed += 1;
  }
  if (!isSelection) {
    for (const { name, assertionResults } of report.testResults) {
      const skipped = assertionResults.filter(({ status }) =>
        ['pending', 'skipped', 'todo'].includes(status),
      );
      for (const { fullName } of skipped) lines.push(`Skipped: ${relative(root, name)}: ${fullName}`);
      if (skippedFail) failed += skipped.length;
    }
  }
  for (const { name, status, assertionResults, message } of report.testResults) {
    const broken = assertionResults.filter((result) => result.status === 'failed');
    for (const { fullName, failureMessages } of broken) {
      lines.push(`Failed: ${relative(root, name)}: ${fullName}${beginning(failureMessages?.join('\n'))}`);
    }
    if (status === 'failed' && broken.length === 0) {
      lines.push(`Failed: ${relative(root, name)} could not be run${beginning(message)}`);
    }
  }
  lines.push(`${passed} passed, ${failed} failed`);
  return { lines, passed, failed };
}

/** The first lines of jest's message, without colours, each on a line of its own. */
function beginning(message) {
  const plain = stripVTControlCharacters(message ?? '');
  const said = plain.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  return said
    .slice(0, 6)
    .map((line) => `\n    ${line.slice(0, 200)}`)
    .join('');
}

/** Checks that ended early because something is not installed, one file each in the folder LICENSER_NOT_TESTED. */
function readNotes(folder) {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  } catch {
    return [];
  }
}

module.exports = { readArguments, jestArguments, summarize };
