// Groups of test files: one file for jest that runs many, so that what they all load is loaded once. A unit test
// takes milliseconds, and loading the product for its file a second.
const { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');

/** Kinds of which every test makes its own world. Files of the others share clouds, and wait more than they load. */
const groupedKinds = ['unit', 'contract'];

/** A group that takes longer would be the last to end. `usual`: of a file that is not in the list of the dear ones. */
const seconds = { most: 20, usual: 1, alone: 5 };

/**
 * What one file does to the process would be seen by the next ones of its group: such a file runs alone, as does one that looks
 * at what is loaded.
 */
const mustBeAlone =
  /process\.env\[[^\]]+\] = |delete process\.env|jest\.(?!fn\b)\w+\(|process\.(on|chdir)\(|require\.cache/;

/** Others would hide that a file has no test; alone it fails, as jest wants one. */
const hasTest = /\b(?:it|test)(?:\.\w+)*[(`<]/;

const isAlone = ({ path, text }, measured) =>
  mustBeAlone.test(text) || !hasTest.test(text) || secondsOf(path, measured) >= seconds.alone;

const secondsOf = (path, measured) => measured[path] ?? seconds.usual;

/**
 * Neighbours come together, as they load much the same.
 * @param {readonly { path: string, text: string }[]} files paths as in `measured`
 * @param {Readonly<Record<string, number>>} measured seconds of the files that take longest
 * @returns {string[][]} paths; each file is in one group
 */
function groupFiles(files, measured) {
  const groups = [];
  let open = [];
  let taken = 0;
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const { path } = file;
    if (isAlone(file, measured)) {
      groups.push([path]);
      continue;
    }
    if (open.length > 0 && taken + secondsOf(path, measured) > seconds.most) {
      groups.push(open);
      open = [];
      taken = 0;
    }
    open.push(path);
    taken += secondsOf(path, measured);
  }
  return open.length > 0 ? [...groups, open] : groups;
}

/** The file that jest runs. A file's hooks are those of its tests alone, as its tests stand in a block of their own. */
function groupText(paths, folder) {
  const from = (path) => relative(folder, path).replaceAll('\\', '/');
  const blocks = paths.map(
    (path) => `describe(${JSON.stringify(path)}, () => {\n  require(${JSON.stringify(from(path))});\n});\n`,
  );
  return `// Written by scripts/test-groups.js.\n${blocks.join('')}`;
}

/** Writes the groups of all files of these kinds into `folder`, a folder for each kind; what is there goes. */
function writeGroups(root, folder, kinds) {
  const measured = JSON.parse(readFileSync(join(root, 'test', 'support', 'seconds-of-tests.json'), 'utf8'));
  rmSync(join(root, folder), { recursive: true, force: true });
  for (const kind of kinds.filter((one) => groupedKinds.includes(one))) {
    const files = testFiles(root, kind).map((path) => ({
      path,
      text: readFileSync(join(root, path), 'utf8'),
    }));
    for (const [index, paths] of groupFiles(files, measured).entries()) {
      const taken = paths.reduce((sum, one) => sum + secondsOf(one, measured), 0);
      // The sequencer reads how long it takes.
      const path = join(folder, kind, `${String(index + 1).padStart(3, '0')}-${String(taken)}s.test.js`);
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), groupText(paths, dirname(path)));
    }
  }
}

/** As jest.config.js finds them. */
function testFiles(root, kind) {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/test/${kind}`);
  return [`test/${kind}`, ...packages]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true })
        .map((name) => `${folder}/${String(name).replaceAll('\\', '/')}`)
        .filter((path) => path.endsWith('.test.ts')),
    );
}

module.exports = { groupFiles, groupText, writeGroups };
