// Which tests can notice a mutant, by who imports whom.
const { createHash } = require('node:crypto');

/** Tests that jest runs in its own process from the sources. End-to-end tests start what is built. */
const isTest = (file) => /^(?:packages\/[^/]+\/)?test\/(?:unit|contract)\/.*\.test\.tsx?$/.test(file);

/** Files of the product: not tests, nor what supports them. */
const isProduct = (file) => !/^(?:packages\/[^/]+\/)?(?:test|bench)\//.test(file);

/** @param {Map<string, string[]>} imports of each file */
function importersOf(imports) {
  const importers = new Map();
  for (const [file, targets] of imports) {
    for (const target of targets) {
      if (!importers.has(target)) importers.set(target, []);
      importers.get(target).push(file);
    }
  }
  return importers;
}

/**
 * @param {Map<string, string[]>} importers of `importersOf`
 * @returns {Map<string, number>} each test that reaches the file by imports, and over how many of them
 */
function testsOf(importers, file) {
  const distances = new Map([[file, 0]]);
  for (const [one, distance] of distances) {
    for (const importer of importers.get(one) ?? []) {
      if (!distances.has(importer)) distances.set(importer, distance + 1);
    }
  }
  return new Map([...distances].filter(([one]) => isTest(one)));
}

/**
 * @param {Map<string, string[]>} imports of each file
 * @param {(file: string) => string} digestOf content of a file
 * @returns {(file: string) => string} digest of the file and of all that it imports: while it stays, a test's result does
 */
function closureDigests(imports, digestOf) {
  const known = new Map();
  const work = (file) => {
    const reached = new Set([file]);
    for (const one of reached) for (const target of imports.get(one) ?? []) reached.add(target);
    const hash = createHash('sha256');
    for (const one of [...reached].sort()) hash.update(`${one}\0${digestOf(one)}\0`);
    return hash.digest('hex').slice(0, 16);
  };
  return (file) => {
    if (!known.has(file)) known.set(file, work(file));
    return known.get(file);
  };
}

module.exports = { closureDigests, importersOf, isProduct, isTest, testsOf };
