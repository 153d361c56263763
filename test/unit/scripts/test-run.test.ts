import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

type Arguments = {
  readonly kinds: readonly string[];
  readonly needsBuild: boolean;
  readonly isWatching: boolean;
  readonly isSelection: boolean;
  readonly isWhole: boolean;
};
type Summary = { readonly lines: readonly string[]; readonly passed: number; readonly failed: number };
type Options = {
  readonly root: string;
  readonly notesFolder: string;
  readonly isSelection?: boolean;
  readonly skippedFail?: boolean;
};
// A script of plain JavaScript, which has no types.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { readArguments, jestArguments, summarize } = require('../../../scripts/test-run') as {
  readArguments: (args: readonly string[]) => Arguments;
  jestArguments: (args: Arguments, file: string) => readonly string[];
  summarize: (report: unknown, options: Options) => Summary;
};

const forJest = (...args: string[]) => jestArguments(readArguments(args), 'r.json');

describe('the arguments of npm test', () => {
  it('are what five minutes are enough for when no kind is named', () => {
    expect(readArguments([])).toMatchObject({
      kinds: ['unit', 'contract', 'end-to-end'],
      needsBuild: true,
    });
  });

  it('choose nothing: all files run, in groups', () => {
    expect(readArguments(['unit']).isWhole).toBe(true);
    expect(readArguments(['unit', '-t', 'maps']).isWhole).toBe(false);
    expect(readArguments(['unit', 'test/unit/kernel']).isWhole).toBe(false);
  });

  it('name kinds first, and leave the rest to jest', () => {
    expect(forJest('unit', 'test/unit/kernel', '-t', 'maps')).toEqual([
      ...['test/unit/kernel', '-t', 'maps', '--json', '--outputFile=r.json'],
      ...['--selectProjects', 'unit'],
    ]);
    expect(readArguments(['faults', 'long', 'unit-like.test.ts']).kinds).toEqual(['faults', 'long']);
  });

  it('keep what stands behind -- behind it', () => {
    expect(forJest('unit', '--', '-odd.test.ts')).toEqual([
      ...['--json', '--outputFile=r.json', '--selectProjects', 'unit', '--', '-odd.test.ts'],
    ]);
  });

  it.each([
    [['unit'], false],
    [['unit', 'contract'], true],
    [['contract'], true],
    [['long', 'x'], true],
    [['kernel.test.ts'], true],
  ])('%j needs a build: %s', (args, needsBuild) => {
    expect(readArguments(args).needsBuild).toBe(needsBuild);
  });

  it('watch without a report, in the terminal', () => {
    expect(readArguments(['unit', '--watch']).isWatching).toBe(true);
    expect(forJest('unit', '--watch')).toEqual(['--watch', '--selectProjects', 'unit']);
  });

  it.each(['-t', '--testNamePattern', '-t=maps', '--testNamePattern=maps'])('%s selects tests', (option) => {
    expect(readArguments(['unit', option]).isSelection).toBe(true);
  });
});

describe('the last lines of a run', () => {
  let notesFolder: string;
  beforeEach(() => {
    notesFolder = mkdtempSync(join(tmpdir(), 'not-tested-'));
  });
  afterEach(() => rmSync(notesFolder, { recursive: true, force: true }));

  const report = (...statuses: string[]) => ({
    numPassedTests: statuses.filter((status) => status === 'passed').length,
    numFailedTests: statuses.filter((status) => status === 'failed').length,
    numRuntimeErrorTestSuites: 0,
    testResults: [
      {
        name: '/tree/test/unit/a.test.ts',
        assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
      },
    ],
  });
  const options = (more: Partial<Options> = {}): Options => ({ root: '/tree', notesFolder, ...more });

  it('names every test that failed with the beginning of its message, and a file that could not be run', () => {
    const failing = {
      ...report('passed', 'failed'),
      numRuntimeErrorTestSuites: 1,
      testResults: [
        {
          name: '/tree/test/unit/a.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'adds' },
            {
              status: 'failed',
              fullName: 'removes',
              failureMessages: ['\u001b[31mExpected: 1\u001b[39m\n\nReceived: 2\n    at x (b.ts:1)'],
            },
          ],
        },
        { name: '/tree/test/unit/b.test.ts', status: 'failed', assertionResults: [], message: 'no module c' },
      ],
    };

    expect(summarize(failing, options()).lines).toEqual([
      'Failed: test/unit/a.test.ts: removes\n    Expected: 1\n    Received: 2',
      'Failed: test/unit/b.test.ts could not be run\n    no module c',
      '1 passed, 2 failed',
    ]);
  });

  it('count what passed and failed', () => {
    expect(summarize(report('passed', 'failed', 'passed'), options()).lines).toMatchObject({
      length: 2,
      1: '2 passed, 1 failed',
    });
  });

  it('name what was skipped, which is a failure only where it must be', () => {
    const skipped = report('passed', 'pending');

    expect(summarize(skipped, options())).toEqual({
      lines: ['Skipped: test/unit/a.test.ts: test 1', '1 passed, 0 failed'],
      passed: 1,
      failed: 0,
    });
    expect(summarize(skipped, options({ skippedFail: true })).failed).toBe(1);
    // With -t jest reports every other test of the file as skipped.
    expect(summarize(skipped, options({ skippedFail: true, isSelection: true }))).toMatchObject({
      lines: ['1 passed, 0 failed'],
      failed: 0,
    });
  });

  it('name a check that ended early, and do not count it as passed', () => {
    writeFileSync(join(notesFolder, 'proton'), 'python3-qpid-proton is not installed\n');
    const run = report('passed', 'passed');

    expect(summarize(run, options())).toEqual({
      lines: ['Not tested: python3-qpid-proton is not installed', '1 passed, 0 failed'],
      passed: 1,
      failed: 0,
    });
    expect(summarize(run, options({ skippedFail: true })).failed).toBe(1);
  });

  it('fail when jest wrote no report, and for a file that could not be run', () => {
    expect(summarize(undefined, options())).toEqual({ lines: ['0 passed, 1 failed'], passed: 0, failed: 1 });
    expect(summarize({ ...report('passed'), numRuntimeErrorTestSuites: 1 }, options()).failed).toBe(1);
  });
});
