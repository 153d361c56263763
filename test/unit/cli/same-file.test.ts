import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isSameFile } from '../../../cli/same-file';
import { run } from './support/policy-files';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'same-'));
  mkdirSync(at('real'));
  writeFileSync(at('real/policy.yaml'), 'one');
  writeFileSync(at('real/other.yaml'), 'one');
  symlinkSync(at('real'), at('folder'));
  symlinkSync(at('real/policy.yaml'), at('link.yaml'));
  linkSync(at('real/policy.yaml'), at('hard.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['real/policy.yaml', 'real/../real/policy.yaml', true],
  ['real/policy.yaml', 'link.yaml', true],
  ['real/policy.yaml', 'hard.yaml', true],
  ['real/policy.yaml', 'folder/policy.yaml', true],
  ['real/new.yaml', 'folder/new.yaml', true],
  ['real/policy.yaml', 'real/other.yaml', false],
  ['real/new.yaml', 'folder/newer.yaml', false],
  ['real/policy.yaml', 'folder/new.yaml', false],
])('%s and %s are one file: %s', async (one, other, same) => {
  expect(await isSameFile(at(one), at(other))).toBe(same);
});

it.each(['--prices', '--policy'])('a report does not take the place of %s', async (option) => {
  const [file, link] = [at('real/policy.yaml'), at('link.yaml')];

  const { code, errors } = await run('report', '--target', 'tenant', option, file, '--out', link);

  expect(code).toBe(2);
  expect(errors).toContain(`--out would take the place of ${option}`);
});
