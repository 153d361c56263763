const { existsSync } = require('node:fs');
const { join } = require('node:path');

// One project per kind of test; `node scripts/test.mjs KIND` picks one.
// Only strips the types: what they say is checked by `npm run typecheck`. As with the build, an `import()` stays one.
const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs', ignoreDynamic: true },
    },
  ],
};
// Where scripts/test.mjs has put groups of files, when it runs all of a kind.
const groups = process.env.LICENSER_TEST_GROUPS;
const isGrouped = (folder) => groups !== undefined && existsSync(join(__dirname, groups, folder));
const project = (displayName, folder, extra = {}) => ({
  displayName,
  testEnvironment: 'node',
  // The packages' exports give their sources under this condition, so that a test needs no build of them.
  testEnvironmentOptions: { customExportConditions: ['@auto-licenser/source', 'node', 'node-addons'] },
  rootDir: __dirname,
  testMatch: isGrouped(folder)
    ? [`<rootDir>/${groups}/${folder}/*.test.js`]
    : [`<rootDir>/test/${folder}/**/*.test.ts`, `<rootDir>/packages/*/test/${folder}/**/*.test.ts`],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.build', '<rootDir>/packages/[^/]+/dist'],
  transform,
  ...extra,
});

module.exports = {
  // Embedded clouds that end-to-end files borrow; none is started before a file asks for it.
  globalSetup: '<rootDir>/test/support/clouds/pool.js',
  globalTeardown: '<rootDir>/test/support/clouds/stop-pool.js',
  testSequencer: '<rootDir>/test/support/sequencer.js',
  // Far beyond what a test takes on a busy machine: it only ends what hangs.
  testTimeout: 300_000,
  // The tests of whole clouds wait more than they work.
  maxWorkers: 4,
  projects: [
    project('unit', 'unit'),
    project('contract', 'contract'),
    project('end-to-end', 'end-to-end'),
    project('faults', 'faults'),
    project('browser', 'browser'),
    project('long', 'long'),
  ],
};
