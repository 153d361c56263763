// One project per kind of test; `node scripts/test.mjs KIND` picks one.
// Only strips the types: what they say is checked by `npm run typecheck`. As with the build, an `import()` stays one.
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs', ignoreDynamic: true },
    },
  ],
};
const project = (displayName, folder, extra = {}) => ({
  displayName,
  testEnvironment: 'node',
  rootDir: __dirname,
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`, `<rootDir>/packages/*/test/${folder}/**/*.test.ts`],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.build'],
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
