// @ts-check
// The directions of imports (design: "Rooms") are rules here, not a habit: every folder names what it may import.
const eslint = require('@eslint/js');
const tseslint = require('typescript-eslint');

const rooms = ['functions', 'cli', 'local', 'bench', 'test'];
const sharedRooms = [
  'policy',
  'licensing',
  'graph',
  'queue',
  'store',
  'pipeline',
  'ops',
  'config',
  'observe',
];

/** A room may import the shared rooms in `allowed` (and the kernel), and none of the other top-level rooms. */
function mayImport(files, allowed, extra = []) {
  const groups = [
    ...sharedRooms
      .filter((room) => !allowed.includes(room))
      .map((room) => [`**/shared/${room}/**`, `../${room}/**`, `../../${room}/**`]),
    ...rooms.filter((room) => !extra.includes(room)).map((room) => [`**/../${room}/**`]),
    ...(extra.includes('wiring') ? [] : [['**/wiring', '**/wiring.js']]),
  ];
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: groups.map((group) => ({
            group,
            message: `This room may only import: kernel, ${allowed.join(', ') || 'nothing else'}.`,
          })),
        },
      ],
    },
  };
}

module.exports = tseslint.config(
  { ignores: ['dist/**', '.build/**', 'coverage/**', 'node_modules/**', '.licenser/**'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
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
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
      ],
    },
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
  mayImport(['shared/kernel/**'], []),
  mayImport(['shared/policy/**'], []),
  mayImport(['shared/licensing/**'], ['policy']),
  mayImport(['shared/graph/**'], []),
  mayImport(['shared/queue/**'], []),
  mayImport(['shared/store/**'], []),
  mayImport(['shared/config/**'], []),
  mayImport(['shared/observe/**'], []),
  mayImport(['shared/pipeline/**'], ['policy', 'licensing', 'graph', 'queue', 'store', 'observe', 'config']),
  mayImport(
    ['shared/ops/**'],
    ['policy', 'licensing', 'graph', 'queue', 'store', 'observe', 'config', 'pipeline'],
  ),
  mayImport(['functions/**'], [], ['wiring', 'functions']),
  mayImport(['local/**'], ['queue'], ['local']),
  mayImport(['cli/**'], sharedRooms, ['wiring', 'cli', 'local']),
  {
    // The pure rooms and the embedded cloud take no shortcut to each other either.
    files: ['test/**/*.ts'],
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
        Buffer: 'readonly',
      },
    },
  },
);
