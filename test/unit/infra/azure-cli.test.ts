import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What cmd.exe would take for its own in an argument. */
const hostile = ['a b', 'say "hi"', 'a&b|c', '%PATH%', "it's", '^', 'ünï', '{"a":"b & \\"c\\""}', ''];

/**
 * An installation as Windows has it: `az.cmd`, which must not be started, and a Python that notes its arguments. Node.js
 * starts both here as Windows would start the second, without a shell.
 */
function install(pythonBeside: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'azure cli & more '));
  folders.push(folder);
  const commands = join(folder, 'wbin');
  mkdirSync(commands);
  const add = (path: string, script: string) => {
    writeFileSync(path, `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(path, 0o755);
  };
  add(join(commands, 'az.cmd'), 'echo "started through cmd.exe" >&2; exit 9');
  add(join(pythonBeside ? commands : folder, 'python.exe'), 'printf "%s\\0" "$@"');
  return commands;
}

function runOnWindows(path: string, args: readonly string[]) {
  const code = `
    Object.defineProperty(process, 'platform', { value: 'win32' });
    const { tryAz } = await import('./scripts/deploy/az.mjs');
    try { process.stdout.write(JSON.stringify(tryAz(JSON.parse(process.argv[1])))); }
    catch (error) { process.stdout.write(JSON.stringify({ refused: error.message })); }`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code, JSON.stringify(args)], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: path },
  });
  return JSON.parse(run.stdout) as { ok?: boolean; stdout?: string; refused?: string };
}

describe('the Azure CLI on Windows', () => {
  it.each([
    ['the installer', false],
    ['pip', true],
  ])('of %s is started without a shell: every argument arrives as it is', (_of, beside) => {
    const path = [join(tmpdir(), 'none'), install(beside), '/usr/bin', '/bin'].join(delimiter);

    const { ok, stdout = '' } = runOnWindows(path, ['rest', '--body', ...hostile]);

    expect(ok).toBe(true);
    expect(stdout.split('\0').slice(0, -1)).toEqual(['-IBm', 'azure.cli', 'rest', '--body', ...hostile]);
  });

  it('is asked for when it is not there', () => {
    expect(runOnWindows(join(tmpdir(), 'none'), ['account', 'show']).refused).toMatch(
      /The Azure CLI was not found.*install-azure-cli-windows/s,
    );
  });

  it('and every other program of the scripts is started without a shell', () => {
    for (const path of ['az.mjs', 'azd.mjs']
      .map((name) => join('scripts/deploy', name))
      .concat('scripts/github/environments.mjs'))
      expect([path, /shell:|execSync|exec\(/.test(readFileSync(join(root, path), 'utf8'))]).toEqual([
        path,
        false,
      ]);
  });
});
