// Tests in the order of the plan: those that are likely to find the mutant, and quick, come first.
const { relative, sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const { readPlan } = require('./plan.js');

module.exports = class extends Sequencer {
  sort(tests) {
    const { root, tests: wanted } = readPlan();
    const rank = ({ path }) => wanted.indexOf(relative(root, path).split(sep).join('/'));
    return [...tests].sort((a, b) => rank(a) - rank(b));
  }

  /** Results of mutants say nothing about how long a test takes. */
  cacheResults() {}
};
