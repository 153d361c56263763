// Runs in each test file: leaves the functions that it has reached, where the plan asks for them.
const { createHash } = require('node:crypto');
const { writeFileSync } = require('node:fs');
const { join, relative, sep } = require('node:path');
const { afterAll, expect } = require('@jest/globals');
const { readPlan } = require('./plan.js');

const { root, reachedFolder } = readPlan();
if (reachedFolder !== undefined) {
  afterAll(() => {
    const test = relative(root, expect.getState().testPath).split(sep).join('/');
    const reached = Object.fromEntries(
      Object.entries(globalThis.mutationReached ?? {}).map(([file, numbers]) => [file, [...numbers]]),
    );
    const name = createHash('sha256').update(test).digest('hex');
    writeFileSync(join(reachedFolder, `${name}.json`), JSON.stringify({ test, reached }));
  });
}
