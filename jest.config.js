// One project per kind of test; `node scripts/test.mjs KIND` picks one.
const transform = { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] };
const project = (displayName, folder, extra = {}) => ({
  displayName,
  testEnvironment: 'node',
  // The packages' exports give their sources under this condition, so that a test needs no build of them.
  testEnvironmentOptions: { customExportConditions: ['@auto-licenser/source', 'node', 'node-addons'] },
  rootDir: __dirname,
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`, `<rootDir>/packages/*/test/${folder}/**/*.test.ts`],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.build', '<rootDir>/packages/[^/]+/dist'],
  transform,
  ...extra,
});

module.exports = {
  // A real cloud on a busy machine takes its time; what hangs still ends.
  testTimeout: 30_000,
  // The tests of whole clouds wait more than they work.
  maxWorkers: 3,
  projects: [
    project('unit', 'unit'),
    project('contract', 'contract'),
    project('end-to-end', 'end-to-end'),
    project('faults', 'faults'),
    project('long', 'long'),
  ],
};
