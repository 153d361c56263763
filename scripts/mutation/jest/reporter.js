// Writes what becomes of each test file as soon as it has ended: a run that is stopped at its first failure, or killed,
// writes no report of its own.
const { appendFileSync } = require('node:fs');
const { relative, sep } = require('node:path');
const { readPlan } = require('./plan.js');

module.exports = class {
  #write(line) {
    appendFileSync(readPlan().resultsFile, `${JSON.stringify(line)}\n`);
  }

  onTestResult({ path }, { numFailingTests, testExecError, perfStats }) {
    this.#write({
      test: relative(readPlan().root, path).split(sep).join('/'),
      passed: numFailingTests === 0 && !testExecError,
      ms: Math.max(1, perfStats.end - perfStats.start),
    });
  }

  onRunComplete() {
    this.#write({ isDone: true });
  }
};
