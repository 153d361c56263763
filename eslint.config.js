// @ts-check
// What each folder may import, and that no files import each other in a circle, is checked by scripts/check-rooms.mjs.
const eslint = require('@eslint/js');
const tseslint = require('typescript-eslint');
const requireDocstring = require('./scripts/require-docstring.js');

const syntax = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
];

/** Cursors are committed with three arguments, users with two. */
const usersCommit = {
  selector: 'CallExpression[callee.property.name="commit"][arguments.length=2]',
  message:
    'A user’s row is stored by shared/pipeline/perform.ts alone: make it an event of the row machine, and call `advance`.',
};

/** `services: Services` of a function; `Pick<Services, …>` and names for such are not this. */
const wholeServices = {
  selector: ':function > *.params > TSTypeAnnotation > TSTypeReference > Identifier[name="Services"]',
  message: 'Take the ports you use: Pick<Services, …>.',
};

module.exports = tseslint.config(
  {
    ignores: [
      'dist/**',
      'packages/*/dist/**',
      '.build/**',
      'coverage/**',
      'node_modules/**',
      '.licenser/**',
      'test/groups/**',
    ],
  },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': ['error', ...syntax],
    },
  },
  {
    files: [
      'shared/**/*.ts',
      'functions/**/*.ts',
      'cli/**/*.ts',
      'demo/**/*.ts',
      'rehearsal/**/*.ts',
      'faults/**/*.ts',
      'bench/**/*.ts',
    ],
    ignores: [
      'shared/pipeline/perform.ts',
      'shared/pipeline/observed/observe-users.ts',
      // Makes the rows of users that the app never handled.
      'bench/ops-cloud/make-rows.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...syntax, usersCommit] },
  },
  {
    files: ['shared/pipeline/**/*.ts', 'shared/ops/**/*.ts'],
    ignores: [
      'shared/pipeline/perform.ts',
      'shared/pipeline/observed/observe-users.ts',
      // Hands the process's parts to whatever is due.
      'shared/pipeline/due/do-due-work.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...syntax, usersCommit, wholeServices] },
  },
  {
    files: ['shared/**/*.ts', 'functions/**/*.ts'],
    ignores: ['shared/config/**', 'shared/kernel/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read once, in shared/config.' },
        { object: 'Date', property: 'now', message: 'Take a Clock (shared/kernel/clock).' },
        { object: 'Math', property: 'random', message: 'Take a Random (shared/kernel/random).' },
      ],
    },
  },
  {
    files: ['shared/**/*.ts', 'packages/*/src/**/*.ts'],
    plugins: { product: { rules: { 'require-docstring': requireDocstring } } },
    rules: { 'product/require-docstring': 'error' },
  },
  {
    // The page is bundled for a browser: of the server it takes types, never code.
    files: ['dashboard/**/*.ts', 'dashboard/**/*.tsx'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/shared/**'], message: 'Import types alone: import type.', allowTypeImports: true },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML'].map((property) => ({
          property,
          message: 'Text from outside must stay text.',
        })),
      ],
      'max-lines': ['error', 300],
    },
  },
  {
    files: ['test/**/*.ts', 'packages/*/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        globalThis: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
