import { describe, expect, it } from '@jest/globals';

type File = { readonly path: string; readonly text: string };
// A script of plain JavaScript, which has no types.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { groupFiles, groupText } = require('../../../scripts/test-groups') as {
  groupFiles: (files: readonly File[], measured: Readonly<Record<string, number>>) => readonly string[][];
  groupText: (paths: readonly string[], folder: string) => string;
};

const oneTest = "it('is', () => undefined);";
const file = (name: string, text = ''): File => ({
  path: `test/unit/${name}.test.ts`,
  text: `${oneTest}\n${text}`,
});
const many = Array.from({ length: 50 }, (_, n) => file(`room/${String(n).padStart(2, '0')}`));

describe('groups of test files', () => {
  it('hold each file once, neighbours together, in turns of twenty seconds', () => {
    const groups = groupFiles([...many].reverse(), {});

    expect(groups.map(({ length }) => length)).toEqual([20, 20, 10]);
    expect(groups.flat()).toEqual(many.map(({ path }) => path));
  });

  it('are smaller where files take longer', () => {
    const measured = Object.fromEntries(many.map(({ path }) => [path, 4]));

    expect(groupFiles(many, measured).every(({ length }) => length === 5)).toBe(true);
  });

  it('leave a file alone that takes long by itself', () => {
    expect(groupFiles([file('a'), file('b'), file('c')], { 'test/unit/b.test.ts': 5 })).toEqual([
      ['test/unit/b.test.ts'],
      ['test/unit/a.test.ts', 'test/unit/c.test.ts'],
    ]);
  });

  it.each([
    `process.env['LICENSER_POLICY_PATH'] = path;`,
    `delete process.env['PORT'];`,
    `jest.spyOn(process.stdout, 'write');`,
    `jest.setTimeout(1_000);`,
    `jest.doMock('./clock', () => ({}));`,
    `process.on('SIGINT', end);`,
    `process.chdir(folder);`,
    `expect(Object.keys(require.cache)).toEqual([]);`,
  ])('leave a file alone that changes what the others would see, or sees what they load: %s', (text) => {
    expect(groupFiles([file('a'), file('b', text), file('c')], {})).toHaveLength(2);
  });

  it.each([
    ['', 2],
    ["describe('no test of its own', () => check(parse));", 2],
    ["test.each([1])('is %d', () => undefined);", 1],
    ["it.each`a ${1}`('is', () => undefined);", 1],
    ["test.failing('is', () => undefined);", 1],
  ])('leave a file alone in which no test is seen, as jest fails one without any: %s', (text, count) => {
    const unsure = { ...file('b'), text };

    expect(groupFiles([file('a'), unsure, file('c')], {})).toHaveLength(count);
  });

  it('do not mind a function that only a test calls', () => {
    expect(groupFiles([file('a'), file('b', 'const told = jest.fn();')], {})).toHaveLength(1);
  });

  it('name each file in the name of its tests', () => {
    expect(groupText(['test/unit/a.test.ts', 'packages/p/test/unit/b.test.ts'], 'test/groups/unit')).toBe(
      [
        '// Written by scripts/test-groups.js.',
        'describe("test/unit/a.test.ts", () => {',
        '  require("../../unit/a.test.ts");',
        '});',
        'describe("packages/p/test/unit/b.test.ts", () => {',
        '  require("../../../packages/p/test/unit/b.test.ts");',
        '});',
        '',
      ].join('\n'),
    );
  });
});
