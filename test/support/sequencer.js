// Which test files jest starts first. Those that run whole clouds wait more than they work and take longest: begun
// first, they overlap each other and the short files, and no long one is left for the end.
const { default: Sequencer } = require('@jest/test-sequencer');

const takesLong = (test) => ['end-to-end', 'faults', 'long'].includes(test.context.config.displayName?.name);

module.exports = class extends Sequencer {
  /** By jest's own order (last duration, else size of the file) within each of the two groups. */
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(takesLong), ...sorted.filter((test) => !takesLong(test))];
  }
};
