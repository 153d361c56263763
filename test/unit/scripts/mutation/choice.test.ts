import { describe, expect, it } from '@jest/globals';
import { load } from './load';

type Drawn = { readonly file: string; readonly line: number };
const { drawMutants, roomOf } = load<{
  drawMutants: (
    mutants: readonly Drawn[],
    options: {
      count?: number;
      seed: number;
      isFit: (mutant: Drawn) => boolean;
      groupOf?: (mutant: Drawn) => string;
    },
  ) => readonly Drawn[];
  roomOf: (file: string) => string;
}>('mutants/draw.js');
const { isChanged, readChangedLines } = load<{
  readChangedLines: (diff: string) => ReadonlyMap<string, readonly (readonly [number, number])[]>;
  isChanged: (changed: unknown, mutant: { file: string; line: number; lastLine: number }) => boolean;
}>('mutants/changed-lines.js');
const { readArguments, UsageError, coreRooms } = load<{
  readArguments: (args: readonly string[]) => Readonly<Record<string, unknown>>;
  UsageError: new () => Error;
  coreRooms: readonly string[];
}>('arguments.js');
const { closureDigests, importersOf, testsOf } = load<{
  importersOf: (imports: ReadonlyMap<string, readonly string[]>) => unknown;
  testsOf: (importers: unknown, file: string) => ReadonlyMap<string, number>;
  closureDigests: (
    imports: ReadonlyMap<string, readonly string[]>,
    digestOf: (file: string) => string,
  ) => (file: string) => string;
}>('related-tests.js');

const many = (file: string, count: number) => Array.from({ length: count }, (_, line) => ({ file, line }));

describe('a draw', () => {
  const mutants = [...many('shared/ops/a.ts', 300), ...many('shared/queue/b.ts', 4), ...many('cli/c.ts', 50)];
  const draw = (seed: number, count?: number, isFit = (_: Drawn) => true) =>
    drawMutants(mutants, { ...(count === undefined ? {} : { count }), seed, isFit });

  it('is the same for the same seed, and another for another one', () => {
    expect(draw(7, 20)).toEqual(draw(7, 20));
    expect(draw(8, 20)).not.toEqual(draw(7, 20));
  });

  it('takes from each room in turn, and all of a room that has few', () => {
    const rooms = draw(1, 24).map(({ file }) => roomOf(file));

    expect(rooms.slice(0, 3).sort()).toEqual(['cli', 'shared/ops', 'shared/queue']);
    expect(rooms.filter((room) => room === 'shared/queue')).toHaveLength(4);
    expect(rooms.filter((room) => room === 'cli')).toHaveLength(10);
  });

  it('takes from other groups in turn, when they are given', () => {
    const groupOf = ({ line }: Drawn) => (line < 5 ? 'first' : 'others');
    const drawn = drawMutants(mutants, { count: 10, seed: 3, isFit: () => true, groupOf });

    expect(drawn.filter(({ line }) => line < 5)).toHaveLength(5);
  });

  it('takes each mutant once, and all without a number', () => {
    expect(new Set(draw(1)).size).toBe(354);
  });

  it('passes over what is not well formed', () => {
    expect(draw(1, 9, ({ line }) => line % 2 === 0).every(({ line }) => line % 2 === 0)).toBe(true);
  });
});

describe('lines that were changed', () => {
  const changed = readChangedLines(
    [
      ...['--- a/shared/a.ts', '+++ b/shared/a.ts', '@@ -3 +3,2 @@ function a', '-x', '+y', '+z'],
      ...['@@ -20,2 +21,0 @@', '-x', '-y', '--- a/shared/gone.ts', '+++ /dev/null', '@@ -1 +0,0 @@', '-x'],
    ].join('\n'),
  );
  const isIn = (line: number, lastLine = line) => isChanged(changed, { file: 'shared/a.ts', line, lastLine });

  it('are told by the new numbers, with the two around lines that were taken out', () => {
    expect([2, 3, 4, 5, 20, 21, 22, 23].map((line) => isIn(line))).toEqual([
      ...[false, true, true, false],
      ...[false, true, true, false],
    ]);
    expect([...changed.keys()]).toEqual(['shared/a.ts']);
  });

  it('meet a mutant of several lines anywhere', () => {
    expect(isIn(1, 3)).toBe(true);
    expect(isIn(5, 20)).toBe(false);
  });
});

describe('related tests', () => {
  const imports = new Map([
    ['shared/a.ts', []],
    ['shared/b.ts', ['shared/a.ts']],
    ['test/support/world.ts', ['shared/b.ts']],
    ['test/unit/a.test.ts', ['shared/a.ts']],
    ['test/unit/b.test.ts', ['test/support/world.ts']],
    ['test/end-to-end/c.test.ts', ['shared/a.ts']],
  ]);

  it('are unit and contract tests that import the file, over however many others', () => {
    expect([...testsOf(importersOf(imports), 'shared/a.ts')]).toEqual([
      ['test/unit/a.test.ts', 1],
      ['test/unit/b.test.ts', 3],
    ]);
  });

  it('have another digest when anything changes that they import', () => {
    const digest = (texts: Readonly<Record<string, string>>) =>
      closureDigests(imports, (file) => texts[file] ?? '')('test/unit/b.test.ts');

    expect(digest({ 'shared/a.ts': 'new' })).not.toBe(digest({}));
    expect(digest({ 'test/unit/a.test.ts': 'new' })).toBe(digest({}));
  });
});

describe('the arguments', () => {
  it('draw a hundred of the core without any', () => {
    expect(readArguments([])).toMatchObject({ files: coreRooms, sample: 100, seed: 1, isJson: false });
  });

  it('take files, a commit, a sample, a seed and a budget', () => {
    expect(
      readArguments(['./shared/ops/', '--since', 'HEAD^', '--seed', '7', '--budget', '0.5', '--json']),
    ).toMatchObject({
      files: ['shared/ops'],
      since: 'HEAD^',
      sample: undefined,
      seed: 7,
      budgetMs: 30_000,
      isJson: true,
    });
    expect(readArguments(['--since', 'main'])).toMatchObject({ files: [], sample: undefined });
    expect(readArguments(['shared/ops', '--sample', '9'])).toMatchObject({ sample: 9, isPlanted: false });
    expect(readArguments(['--planted'])).toMatchObject({ files: coreRooms, isPlanted: true });
  });

  it.each([
    ['--sample', '0'],
    ['--sample', '1.5'],
    ['--seed', 'x'],
    ['--seed', ''],
    ['--budget', '-1'],
    ['--nothing'],
  ])('refuse %s %s', (...args) => expect(() => readArguments(args)).toThrow(UsageError));
});
