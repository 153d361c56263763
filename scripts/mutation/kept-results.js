// Results of earlier runs, so that a run that was stopped goes on where it was.
const { mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { readJson } = require('./jest/run-jest.js');

/**
 * @param {string} path of a JSON file, which may not be there yet or be unreadable: then nothing is known
 * @returns {{ get: (key: string) => any, set: (key: string, value: any) => void, save: () => void }}
 */
function keptResults(path) {
  const known = new Map(Object.entries(readJson(path) ?? {}));
  return {
    get: (key) => known.get(key),
    set: (key, value) => known.set(key, value),
    /** In one step: a run that is killed leaves the old file or the new one. */
    save: () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.${process.pid}`, JSON.stringify(Object.fromEntries(known)));
      renameSync(`${path}.${process.pid}`, path);
    },
  };
}

module.exports = { keptResults };
