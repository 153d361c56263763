// Mutants that no test can find, because the product does the same with and without them. Each has a reason.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** @returns {{ file: string, was: string, becomes: string, reason: string }[]} lines as reports show them */
function readEquivalents(path = join(__dirname, 'equivalents.json')) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

const nameOf = ({ file, was, becomes }) => JSON.stringify([file, was, becomes]);

/**
 * @param equivalents of `readEquivalents`
 * @returns {{ reasonOf: (mutant: object) => string | undefined, stale: (mutants: object[], files: Set<string>) => object[] }}
 * stale: entries of these files that name no mutant any more
 */
function knowEquivalents(equivalents) {
  const reasons = new Map(equivalents.map((entry) => [nameOf(entry), entry.reason]));
  return {
    reasonOf: (mutant) => reasons.get(nameOf(mutant)),
    stale: (mutants, files) => {
      const names = new Set(mutants.map(nameOf));
      return equivalents.filter((entry) => files.has(entry.file) && !names.has(nameOf(entry)));
    },
  };
}

module.exports = { knowEquivalents, readEquivalents };
