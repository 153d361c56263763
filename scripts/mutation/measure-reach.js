// Which functions each test reaches, whether it passes without a mutant, and how long it takes.
const { readdirSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { readJson } = require('./jest/run-jest.js');

/** Few enough that a run which is stopped loses little, many enough that jest's start counts for little. */
const batchSize = 32;
/** A batch takes a tenth of this on an idle machine. */
const batchLimitMs = 30 * 60_000;
const testTimeoutMs = 300_000;

function readReached(folder) {
  const found = readdirSync(folder).map((name) => readJson(join(folder, name)));
  return new Map(found.filter((one) => one !== undefined).map(({ test, reached }) => [test, reached]));
}

/**
 * Runs the tests that `kept` has no current result of, and keeps theirs: { digest, passed, ms, reached: { file: numbers } }.
 * Ends early when it has no time left, or when jest was killed from outside.
 * @param {object} world runJest: (run) => result; digestOf: (test) => string of the test and all that it imports;
 * kept: `keptResults`; workers; hasTime: () => boolean, asked before each batch; log: (line) => void
 * @param {string[]} tests the most important first
 * @throws Error when jest gives no results at all: without the unchanged product nothing can be judged
 */
async function measureReach({ runJest, digestOf, kept, workers, hasTime, log }, tests) {
  const isKnown = (one, digest) => one?.digest === digest && one.passed;
  const missing = tests.filter((test) => !isKnown(kept.get(test), digestOf(test)));
  for (let next = 0; next < missing.length && hasTime(); next += batchSize) {
    const batch = missing.slice(next, next + batchSize);
    log(`Which functions the tests reach: ${next} of ${missing.length} test files`);
    const reachedFolder = mkdtempSync(join(tmpdir(), 'reached-'));
    const { ended, results } = await runJest({
      tests: batch,
      reachedFolder,
      workers,
      testTimeoutMs,
      limitMs: batchLimitMs,
    });
    const reached = readReached(reachedFolder);
    rmSync(reachedFolder, { recursive: true, force: true });
    if (ended === 'killed') return;
    if (ended !== 'done')
      throw new Error(`jest has no results of unchanged sources (${ended}): ${batch.join(' ')}`);
    for (const test of batch) {
      const { passed = false, ms = 0 } = results.get(test) ?? {};
      if (!passed) log(`Not used, because it fails without a mutant: ${test}`);
      kept.set(test, { digest: digestOf(test), passed, ms, reached: reached.get(test) ?? {} });
    }
    kept.save();
  }
}

module.exports = { measureReach };
