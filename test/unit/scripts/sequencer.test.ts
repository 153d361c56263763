import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import measured from '../../support/seconds-of-tests.json';

const rootDir = join(__dirname, '..', '..', '..');

type Test = {
  readonly path: string;
  readonly duration?: number;
  readonly context: {
    readonly config: { readonly displayName: { readonly name: string } };
  };
};
// Plain JavaScript, as jest loads it.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const Sequencer = require('../../support/sequencer') as new (options: object) => {
  sort(tests: readonly Test[]): readonly Test[];
};

/** A file that jest has not run yet. */
const fileOf = (kind: string, path: string) => ({
  path: join(rootDir, path),
  context: {
    config: { rootDir, displayName: { name: kind }, cache: false },
    hasteFS: { getSize: () => 100 },
  },
});
const order = (tests: readonly Test[]) =>
  new Sequencer({}).sort(tests).map(({ path }) => path.slice(rootDir.length + 1).replaceAll('\\', '/'));

describe('the order of test files', () => {
  const long = ['test/end-to-end/census.test.ts', 'test/end-to-end/repair.test.ts'];
  const more = Array.from({ length: 6 }, (_, number) => `test/end-to-end/more-${String(number)}.test.ts`);
  const short = Array.from({ length: 200 }, (_, number) => `test/unit/short-${String(number)}.test.ts`);
  const all = order([
    ...short.map((path) => fileOf('unit', path)),
    ...[...more, ...long].map((path) => fileOf('end-to-end', path)),
    fileOf('contract', 'packages/service-bus-emulator/test/contract/sessions.test.ts'),
  ]);

  it('has every file once', () => {
    expect(all).toHaveLength(209);
    expect(new Set(all).size).toBe(209);
  });

  it('takes the seconds of a group from its name', () => {
    const groups = ['001-7s', '002-40s', '003-20s'].map((name) => `test/groups/unit/${name}.test.js`);

    expect(order(groups.map((path) => fileOf('unit', path)))).toEqual([groups[1], groups[2], groups[0]]);
  });

  it('begins with the longest of both kinds, three that start clouds beside one that does not', () => {
    expect(all.slice(0, 4)).toEqual([
      'test/end-to-end/repair.test.ts',
      expect.stringContaining('test/end-to-end/'),
      expect.stringContaining('test/end-to-end/'),
      'packages/service-bus-emulator/test/contract/sessions.test.ts',
    ]);
  });

  it('leaves short files for the end', () => {
    const last = Math.max(...[...long, ...more].map((path) => all.indexOf(path)));
    expect(last).toBeGreaterThan(30);
    expect(all.length - last).toBeGreaterThan(30);
  });
});

it('the list of seconds names files that there are', () => {
  expect(Object.keys(measured).filter((path) => !existsSync(join(rootDir, path)))).toEqual([]);
});
