import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findEntryPoints } from '../../src/app/entry-points';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'entry-points-'));
  for (const file of [
    'index.js',
    'dist/functions/a.js',
    'dist/functions/b.js',
    'dist/functions/b.js.map',
    'dist/functions/deep/c.mjs',
    'dist/index.js',
  ]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
});

afterAll(() => rmSync(root, { recursive: true }));

describe('the entry points of "main"', () => {
  it.each([
    ['index.js', ['index.js']],
    ['./index.js', ['index.js']],
    ['dist/functions/*.js', ['dist/functions/a.js', 'dist/functions/b.js']],
    [
      'dist/**/*.{js,mjs}',
      ['dist/functions/a.js', 'dist/functions/b.js', 'dist/functions/deep/c.mjs', 'dist/index.js'],
    ],
    ['dist/{index.js,functions/*.js}', ['dist/functions/a.js', 'dist/functions/b.js', 'dist/index.js']],
    ['dist/functions/?.js', ['dist/functions/a.js', 'dist/functions/b.js']],
    ['build/*.js', []],
    ['missing.js', []],
  ])('%s', (main, expected) => {
    expect(findEntryPoints(root, main).map((file) => relative(root, file))).toEqual(expected);
  });
});
