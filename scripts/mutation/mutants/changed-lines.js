// The lines that a work tree has changed since a commit.
const { execFileSync } = require('node:child_process');

/**
 * @param {string} diff of `git diff --unified=0`
 * @returns {Map<string, [first: number, last: number][]>} lines of the new text, from 1; where lines were only taken
 * out, the two around the gap
 */
function readChangedLines(diff) {
  const changed = new Map();
  let file;
  for (const line of diff.split('\n')) {
    const named = /^\+\+\+ (?:b\/(.*)|\/dev\/null)$/.exec(line);
    if (named !== null) file = named[1];
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null || file === undefined) continue;
    const first = Number(hunk[1]);
    const count = hunk[2] === undefined ? 1 : Number(hunk[2]);
    if (!changed.has(file)) changed.set(file, []);
    changed.get(file).push(count === 0 ? [first, first + 1] : [first, first + count - 1]);
  }
  return changed;
}

/**
 * @param {string} root the work tree
 * @param {string} commit everything since it counts, also what is not committed yet
 * @throws Error of git, for a commit that is not there
 */
function changedLines(root, commit) {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const options = ['--unified=0', '--no-color', '--no-ext-diff', '--no-prefix', '--dst-prefix=b/'];
  const changed = readChangedLines(git('diff', ...options, commit, '--', '*.ts', '*.tsx'));
  const added = git('ls-files', '--others', '--exclude-standard', '--', '*.ts', '*.tsx');
  for (const file of added.split('\n').filter(Boolean)) changed.set(file, [[1, Infinity]]);
  return changed;
}

/** Whether the mutant changes one of these lines. */
function isChanged(changed, { file, line, lastLine }) {
  return (changed.get(file) ?? []).some(([first, last]) => first <= lastLine && line <= last);
}

module.exports = { changedLines, isChanged, readChangedLines };
