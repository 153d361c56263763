// The project as mutation tests see it: its files, who imports whom, digests, mutants.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { changedLines, isChanged } = require('./mutants/changed-lines.js');
const {
  applyMutant,
  findMutants,
  isWellFormed,
  readParameters,
  readResults,
} = require('./mutants/find-mutants.js');
const { parse } = require('./mutants/functions.js');
const { closureDigests, importersOf, isProduct, testsOf } = require('./related-tests.js');

/**
 * @param {string} root
 * @param {Map<string, string[]>} imports of each file, tests too
 */
function openProject(root, imports) {
  const texts = new Map();
  const read = (file) => {
    if (!texts.has(file)) texts.set(file, readFileSync(join(root, file), 'utf8'));
    return texts.get(file);
  };
  const fileDigestOf = (file) => createHash('sha256').update(read(file)).digest('hex').slice(0, 16);
  const importers = importersOf(imports);
  const distances = new Map();
  const distancesOf = (file) => {
    if (!distances.has(file)) distances.set(file, testsOf(importers, file));
    return distances.get(file);
  };
  const mutate = (mutant) => applyMutant(read(mutant.file), mutant);

  /**
   * @param {string[]} paths files and folders; none: the whole product
   * @param {string | undefined} since only lines that were changed since this commit
   * @param {object | undefined} table the operators, when not the usual ones
   * @returns {{ mutants: object[], files: Set<string> }} files: those that were looked at
   */
  function mutantsOf(paths, since, table) {
    const isIn = (file, path) => file === path || file.startsWith(`${path}/`);
    const changed = since === undefined ? undefined : changedLines(root, since);
    const files = [...imports.keys()]
      .filter(isProduct)
      .filter((file) => paths.length === 0 || paths.some((path) => isIn(file, path)))
      .filter((file) => changed === undefined || changed.has(file))
      .sort();
    const sources = new Map(files.map((file) => [file, parse(file, read(file))]));
    const parametersOf = readParameters(sources);
    const options = { table, resultOf: readResults(sources) };
    const all = files.flatMap((file) => findMutants(file, sources.get(file), parametersOf, options));
    const mutants = changed === undefined ? all : all.filter((mutant) => isChanged(changed, mutant));
    return { mutants, files: new Set(files), all };
  }

  return {
    closureDigestOf: closureDigests(imports, fileDigestOf),
    distancesOf,
    fileDigestOf,
    isFit: (mutant) => isWellFormed(mutant.file, mutate(mutant)),
    mutantsOf,
    mutate,
  };
}

module.exports = { openProject };
