import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { files, run } from '../support/policy-files';

const folder = mkdtempSync(join(tmpdir(), 'format-'));
const path = join(folder, 'policy.yaml');
const text = 'version: 1 # one\nrules: [{ name: a, assign: [{ sku: Microsoft 365 E3 }] }]\n';
const formatted = text.replace('Microsoft 365 E3', 'SPE_E3');

afterAll(() => rmSync(folder, { recursive: true }));

describe('licenser policy format', () => {
  it('prints the policy', async () => {
    files[path] = text;

    expect(await run('policy', 'format', path)).toMatchObject({ code: 0, out: formatted, errors: '' });
  });

  it('checks: 1 and the places, or 0', async () => {
    files[path] = text;
    const { code, out } = await run('policy', 'format', path, '--check');
    expect([code, out]).toEqual([1, `${path}:2:36: Microsoft 365 E3 is SPE_E3\n`]);

    files[path] = formatted;
    expect(await run('policy', 'format', path, '--check')).toMatchObject({
      code: 0,
      out: `${path}: nothing to change\n`,
    });
  });

  it('writes the file', async () => {
    files[path] = text;
    writeFileSync(path, text);

    const { code, json } = await run('policy', 'format', path, '--write', '--json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ valid: true, isOtherHash: false, changes: [{ line: 2, to: 'SPE_E3' }] });
    expect(readFileSync(path, 'utf8')).toBe(formatted);
  });

  it('puts another file in its place, with its permissions, also behind a link, and leaves nothing beside it', async () => {
    const link = join(folder, 'link.yaml');
    files[link] = text;
    writeFileSync(path, text);
    chmodSync(path, 0o640);
    symlinkSync(path, link);
    const before = statSync(path).ino;

    const { code } = await run('policy', 'format', link, '--write');

    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(formatted);
    // Another file: one that is cut off in the midst of writing cannot be this one.
    expect(statSync(path).ino).not.toBe(before);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'policy.yaml']);
  });

  it('lists the candidates of a name that is not clear, and writes nothing', async () => {
    files[path] = text.replace('E3', 'F1');
    writeFileSync(path, files[path]);

    const { code, errors } = await run('policy', 'format', path, '--write');

    expect(code).toBe(1);
    expect(errors).toMatch(/M365_F1.*M365_F1_COMM/);
    expect(readFileSync(path, 'utf8')).toBe(files[path]);
    expect((await run('policy', 'format', path, '--write', '--check')).code).toBe(2);
    expect((await run('policy', 'format', '-', '--write')).code).toBe(2);
  });
});
