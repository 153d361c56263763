import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  folders.push(folder);
  return folder;
}

function build(...args: string[]) {
  const out = newFolder();
  const run = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'package.mjs'), '--json', '--out', out, ...args],
    { encoding: 'utf8' },
  );
  return { out, status: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** A policy file with this text in place of a part of one of the samples. */
function policyFrom(sample: string, replace: (text: string) => string): string {
  const path = join(newFolder(), 'own.yaml');
  writeFileSync(path, replace(readFileSync(join(root, 'policy', sample), 'utf8')));
  return path;
}

/** Two deployments by the starter policy, then one by another: mode, time of the zip in milliseconds, and its digest. */
const deployments = `
  import { createHash } from 'node:crypto';
  import { readFileSync, statSync } from 'node:fs';
  import { keptPackage } from './scripts/package/kept-package.mjs';
  const [out, own] = process.argv.slice(1);
  const made = [];
  for (const policy of [undefined, undefined, own]) {
    const { zip, mode } = await keptPackage(process.cwd(), { policy, out });
    const sha256 = createHash('sha256').update(readFileSync(zip)).digest('hex');
    made.push({ mode, madeAt: statSync(zip).mtimeMs, sha256 });
  }
  process.stdout.write(JSON.stringify(made));
`;

/** Why each of these policies is not packed; null: it may be. One process, as each start loads the reader of policies. */
const choices = `
  import { PolicyRefused, choosePolicy } from './scripts/package/choose-policy.mjs';
  const refusalOf = (path) => {
    try {
      choosePolicy(process.cwd(), path);
      return null;
    } catch (error) {
      if (!(error instanceof PolicyRefused)) throw error;
      return error.message;
    }
  };
  process.stdout.write(JSON.stringify(process.argv.slice(1).map(refusalOf)));
`;

const withoutTests = (text: string) => text.replace(/\ntests:[^]*$/, '\n');

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('npm run package', () => {
  let first: ReturnType<typeof build>;
  let files: Record<string, Uint8Array>;
  const textOf = (name: string) => new TextDecoder().decode(files[name]);

  beforeAll(() => {
    first = build();
    expect(first.stderr).toBe('');
    files = unzipSync(readFileSync(join(first.out, 'package.zip')));
  });

  it('holds what runs and nothing else', () => {
    const withoutHash = Object.keys(files).map((name) => name.replace(/-[A-Z0-9]{8}\./, '-HASH.'));
    expect(withoutHash.sort()).toEqual([
      'LICENSE',
      'THIRD-PARTY-NOTICES.txt',
      ...['css.br', 'css.gz', 'js.br', 'js.gz'].map((ending) => `dashboard/assets/page-HASH.${ending}`),
      'dashboard/index.html',
      'host.json',
      'main.js',
      'package.json',
      'policy/licensing.yaml',
      'telemetry.js',
    ]);
  });

  it('prints its size, which stays below 1.5 MB', () => {
    const facts = JSON.parse(first.stdout) as { bytes: number; files: number };

    expect(facts.bytes).toBe(readFileSync(join(first.out, 'package.zip')).length);
    expect(facts).toMatchObject({ files: 12, policy: join('policy', 'starter.yaml'), mode: 'observe' });
    expect(facts.bytes).toBeLessThan(1_500_000);
  });

  it('keeps the source maps beside it', () => {
    expect(readdirSync(join(first.out, 'package-maps')).sort()).toEqual(['main.js.map', 'telemetry.js.map']);
  });

  it('needs no installation', () => {
    expect(JSON.parse(textOf('package.json'))).toEqual({
      name: 'entra-auto-licenser',
      version: expect.any(String),
      license: 'MIT',
      private: true,
      main: 'main.js',
    });
  });

  it('observes with guards and takes nothing back, unless told otherwise', () => {
    expect(textOf('policy/licensing.yaml')).toBe(readFileSync(join(root, 'policy', 'starter.yaml'), 'utf8'));
    expect(textOf('policy/licensing.yaml')).toMatch(/^mode: observe/m);
    expect(textOf('policy/licensing.yaml')).toMatch(/^removal: \{ mode: keep \}$/m);
    expect(textOf('policy/licensing.yaml')).toMatch(/^guards:\n {2}maxReductions: .*\n {2}maxChanges: /m);
  });

  it('carries the license of every package that is in it', () => {
    const notices = textOf('THIRD-PARTY-NOTICES.txt');

    for (const name of ['@azure/service-bus', '@azure/identity', 'zod', '@opentelemetry/sdk-metrics'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(notices.match(/permission notice shall be included/gi)?.length).toBeGreaterThan(20);
  });

  it('keeps the names by which errors are told apart', () => {
    const named = ['functions', 'shared'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => [
          ...readFileSync(join(root, folder, name), 'utf8').matchAll(/class (\w+Error) extends/g),
        ])
        .map(([, name = '']) => name),
    );

    expect(named.length).toBeGreaterThan(3);
    const code = textOf('main.js');
    expect(named.filter((name) => !new RegExp(`(class |\\b)${name}(=class)? extends`).test(code))).toEqual(
      [],
    );
  });

  describe('made for deployments', () => {
    type Made = { readonly mode: string; readonly madeAt: number; readonly sha256: string };
    const own = policyFrom('licensing.yaml', (text) => withoutTests(text).replace('"Finance"', '"Legal"'));
    const out = newFolder();
    let made: Made;
    let again: Made;
    let forOwn: Made;
    beforeAll(() => {
      const run = execFileSync(process.execPath, ['--input-type=module', '-e', deployments, out, own], {
        cwd: root,
        encoding: 'utf8',
      });
      [made, again, forOwn] = JSON.parse(run) as [Made, Made, Made];
    });

    it('comes out the same from the same sources', () => {
      const sha256 = createHash('sha256')
        .update(readFileSync(join(first.out, 'package.zip')))
        .digest('hex');

      expect(made.sha256).toBe(sha256);
    });

    it('is taken again while nothing has changed', () => {
      expect(again).toEqual(made);
    });

    it('is another one for a policy of your own, also for one that enforces', () => {
      expect(forOwn.mode).toBe('enforce');
      expect(forOwn.sha256).not.toBe(made.sha256);
      const packed = unzipSync(readFileSync(join(out, 'package.zip')))['policy/licensing.yaml'];
      expect(new TextDecoder().decode(packed)).toBe(readFileSync(own, 'utf8'));
    });
  });

  const samples: readonly (readonly [what: string, path: () => string])[] = [
    ['a sample', () => 'policy/licensing.yaml'],
    ['another sample', () => join(root, 'policy', 'complete.yaml')],
    [
      'a copy of a sample with other names and comments',
      () =>
        policyFrom('licensing.yaml', (text) =>
          withoutTests(text).replace('staff-ems-without-intune', 'ours').replace(/ #.*$/gm, ''),
        ),
    ],
    [
      'the starter policy made to enforce',
      () => policyFrom('starter.yaml', (text) => text.replace('mode: observe', 'mode: enforce')),
    ],
  ];

  it('refuses a sample that enforces, whatever its names, comments and former mode are', () => {
    const run = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', choices, ...samples.map(([, path]) => path())],
      { cwd: root, encoding: 'utf8' },
    );

    const refusals = JSON.parse(run) as (string | null)[];
    expect(samples.map(([what], at) => [what, refusals[at]])).toEqual(
      samples.map(([what]) => [
        what,
        expect.stringMatching(/has the rules of the sample policy\/[\w-]+\.yaml and enforces them/),
      ]),
    );
  });

  it('ends with 1 and what is wrong for a sample that enforces', () => {
    const { status, stderr } = build('--policy', 'policy/licensing.yaml');

    expect(stderr).toMatch(/^package: policy\/licensing\.yaml has the rules of the sample/);
    expect(status).toBe(1);
  });

  it('refuses a wrong policy, with the places', () => {
    const wrong = policyFrom('starter.yaml', (text) => text.replace('disable:', 'disabel:'));

    const { status, stderr } = build('--policy', wrong);

    expect(stderr).toMatch(/own\.yaml is not a valid policy:\n {2}.*own\.yaml:\d+:\d+ /);
    expect(status).toBe(1);
  });

  it('refuses a policy that is not there, and unknown options', () => {
    expect(build('--policy', 'policy/none.yaml')).toMatchObject({
      status: 1,
      stderr: 'package: policy/none.yaml cannot be read\n',
    });
    expect(build('--polcy', 'x').status).toBe(2);
  });
});
