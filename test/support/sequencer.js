// Which test files jest starts first. Files that run whole clouds wait as much as they work: beside each other alone they
// leave the processor idle, so one worker takes short files from the beginning. The longest of each kind come first, so
// that none is left for the end.
const { relative } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const measured = require('./seconds-of-tests.json');

/** As in jest.config.js. */
const workers = 4;
const longAtOnce = 3;
/** Seconds of a file that is not in the list. */
const usual = { long: 20, short: 1 };

const takesLong = (test) => ['end-to-end', 'faults', 'long'].includes(test.context.config.displayName?.name);

/** By the last run on this machine, else by the name of a group (scripts/test-groups.js) or the list of the files that take longest. */
function secondsOf(test) {
  if (typeof test.duration === 'number') return test.duration / 1_000;
  const path = relative(test.context.config.rootDir, test.path).replaceAll('\\', '/');
  const [, ofGroup] = /^test\/groups\/.*-(\d+)s\.test\.js$/.exec(path) ?? [];
  return ofGroup !== undefined
    ? Number(ofGroup)
    : (measured[path] ?? (takesLong(test) ? usual.long : usual.short));
}

/**
 * The order in which workers would begin them, if each took as long as it is said to: at most `longAtOnce` long ones run
 * at a time, while there are short ones.
 */
function interleave(long, short) {
  const freeAt = Array.from({ length: workers }, () => 0);
  const ends = [];
  const order = [];
  const [longOnes, shortOnes] = [[...long], [...short]];
  while (longOnes.length + shortOnes.length > 0) {
    const now = Math.min(...freeAt);
    const mayBeLong = shortOnes.length === 0 || ends.filter((end) => end > now).length < longAtOnce;
    const isLong = longOnes.length > 0 && mayBeLong;
    const test = (isLong ? longOnes : shortOnes).shift();
    const end = now + secondsOf(test);
    freeAt[freeAt.indexOf(now)] = end;
    if (isLong) ends.push(end);
    order.push(test);
  }
  return order;
}

module.exports = class extends Sequencer {
  /** The longest of each kind first; those of the same length in jest’s own order: what failed last, then by size. */
  sort(tests) {
    const sorted = super.sort(tests);
    const longestFirst = (some) => [...some].sort((one, other) => secondsOf(other) - secondsOf(one));
    return interleave(
      longestFirst(sorted.filter(takesLong)),
      longestFirst(sorted.filter((test) => !takesLong(test))),
    );
  }
};
