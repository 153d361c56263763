// One run of jest in a process of its own, which can be ended with everything that it has started.
const { spawn } = require('node:child_process');
const { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { planVariable } = require('./plan.js');

const running = new Set();

function endGroup(child) {
  try {
    // Its group: jest's workers and the processes that tests have started.
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Ends what still runs: to be called when this process ends. */
function endAll() {
  for (const child of running) endGroup(child);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What the reporter has written: { test, passed, ms } a line, and at the end that the run has ended. */
function readResults(path) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // A run that is killed may leave half a line.
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return {
    isDone: lines.some(({ isDone }) => isDone === true),
    results: new Map(
      lines.flatMap(({ test, passed, ms }) => (test === undefined ? [] : [[test, { passed, ms }]])),
    ),
  };
}

/**
 * @param {string} root the project
 * @param {object} run tests: paths within the project, in their order; mutant: { file, text }; reachedFolder;
 * workers: 1 runs all in one process; stopsAtFailure; testTimeoutMs; limitMs: after it, everything is killed
 * @returns {Promise<{ ended: 'done' | 'limit' | 'killed' | 'crashed', results: Map<string, { passed: boolean, ms: number }> }>}
 * killed: by a signal that is not from here. crashed: it ended by itself, before its tests did. results: of the tests
 * that ran to their end.
 */
async function runJest(
  root,
  { tests, mutant, reachedFolder, workers, stopsAtFailure, testTimeoutMs, limitMs },
) {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  const planFile = join(folder, 'plan.json');
  const resultsFile = join(folder, 'results.jsonl');
  writeFileSync(planFile, JSON.stringify({ root, tests, resultsFile, mutant, reachedFolder }));
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--config', join(__dirname, 'config.js')],
      ...(workers === 1 ? ['--runInBand'] : [`--maxWorkers=${workers}`]),
      ...(stopsAtFailure ? ['--bail=1'] : []),
      ...['--silent', '--forceExit', `--testTimeout=${testTimeoutMs}`, '--runTestsByPath', '--'],
      ...tests,
    ],
    { cwd: root, stdio: 'ignore', detached: true, env: { ...process.env, [planVariable]: planFile } },
  );
  running.add(child);
  let isOverLimit = false;
  const limit = setTimeout(() => {
    isOverLimit = true;
    endGroup(child);
  }, limitMs);
  const signal = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, given) => resolve(given));
  });
  clearTimeout(limit);
  running.delete(child);
  // What tests have started and left behind.
  endGroup(child);
  const { isDone, results } = readResults(resultsFile);
  rmSync(folder, { recursive: true, force: true });
  const hasFailed = [...results.values()].some(({ passed }) => !passed);
  if (isDone || (stopsAtFailure && hasFailed)) return { ended: 'done', results };
  return { ended: isOverLimit ? 'limit' : signal === null ? 'crashed' : 'killed', results };
}

module.exports = { endAll, readJson, runJest };
