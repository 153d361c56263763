import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { writePrivateFile } from '../../../cli/write-private-file';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'licenser-private-'));
  path = join(folder, 'report.html');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('takes the place of a file that others may read, also by a link, and leaves nothing beside it', async () => {
  writeFileSync(path, 'old', { mode: 0o644 });
  const link = join(folder, 'link');
  symlinkSync(path, link);
  await writePrivateFile(link, 'new');

  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['link', 'report.html']);
});

it('writes into a pipe', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [written] = await Promise.all([readFile(pipe, 'utf8'), writePrivateFile(pipe, 'new')]);

  expect(written).toBe('new');
});

it('says what cannot be written, and leaves nothing', async () => {
  mkdirSync(path);

  await expect(writePrivateFile(path, 'x')).rejects.toMatchObject({ code: 'cli/unwritable' });
  await expect(writePrivateFile(join(folder, 'none', 'x'), 'x')).rejects.toMatchObject({
    code: 'cli/unwritable',
  });
  expect(readdirSync(folder)).toEqual(['report.html']);
});
