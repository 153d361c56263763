import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const script = join(root, 'scripts', 'supply-chain', 'check.mjs');

/** Runs the check over a work tree with these files. */
function check(files: Readonly<Record<string, string>>) {
  const tree = mkdtempSync(join(tmpdir(), 'supply-chain-'));
  try {
    execFileSync('git', ['init', '-q'], { cwd: tree });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(tree, path), text);
    const run = spawnSync(process.execPath, [script, `--root=${tree}`], { encoding: 'utf8' });
    return { status: run.status, lines: run.stderr.trim().split('\n').filter(Boolean) };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

const letters = (count: number) => 'aB3dE6gH9'.repeat(12).slice(0, count);
/** Put together here, so that no line of this file is a finding. */
const secrets: Readonly<Record<string, string>> = {
  'a private key': ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' '),
  'an account key or a shared access key': `x;Account${'Key='}${letters(50)};y`,
  'a key of 64 bytes': `${letters(86)}==`,
  'a signed token': ['eyJ' + letters(20), 'eyJ' + letters(20), letters(20)].join('.'),
  'a client secret of Entra': `abc8${'Q~'}${letters(34)}`,
  'a shared access signature': `https://x.blob/y?sv=1&${'sig='}${letters(46)}`,
  'a function key': `https://x/api/y?${'code='}${letters(54)}==`,
  'a token of GitHub': `ghp${'_'}${letters(36)}`,
  'a token of npm': `npm${'_'}${letters(36)}`,
  'an access key of AWS': `AKIA${'IOSFODNN7EXAMPLE'}`,
  'a webhook of Slack': `https://hooks.slack${'.com/services/'}T0001/B0001/abc`,
};

describe('scripts/supply-chain/check.mjs', () => {
  it('finds every kind of secret, by its place and never by its text', () => {
    const kinds = Object.keys(secrets);
    const text = kinds.map((kind) => `line\n${secrets[kind] ?? ''}\n`).join('');

    const { status, lines } = check({ 'notes.md': text });

    expect(status).toBe(1);
    expect(lines).toEqual(
      kinds.map((kind, index) => `notes.md:${String(index * 2 + 2)}: looks like ${kind}`),
    );
  });

  it('passes what only looks like one from afar', () => {
    const text = [
      'AccountKey=KEY;SharedAccessKey=$key',
      `"integrity": "sha512-${letters(86)}=="`,
      'https://APP.azurewebsites.net/api/graph-notification?code=KEY',
      '-----BEGIN CERTIFICATE-----',
    ].join('\n');

    expect(check({ 'notes.md': text })).toEqual({ status: 0, lines: [] });
  });

  const tools = ['@parcel/watcher', '@swc/core', 'esbuild', 'tree-sitter-bicep', 'unrs-resolver'];
  const fine = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' };
  const base = Object.fromEntries(
    tools.map((name) => [`node_modules/${name}`, { ...fine, dev: true, hasInstallScript: true }]),
  );
  type Versions = Readonly<Record<string, string>>;
  const lockOf = (entries: object, dependencies: Versions, locked = dependencies) => ({
    'package.json': JSON.stringify({ dependencies }),
    'package-lock.json': JSON.stringify({ packages: { '': { dependencies: locked }, ...base, ...entries } }),
  });

  it('finds a dependency with what we may not pass on, cannot check, or do not know', () => {
    const wrong: readonly (readonly [entry: object, says: string])[] = [
      [{ ...fine, license: 'AGPL-3.0-only' }, 'the license AGPL-3.0-only'],
      [{ ...fine, license: 'MPL-2.0' }, 'the license MPL-2.0 is not one that the product may have'],
      [{ ...fine, license: 'AGPL-3.0-only', dev: true }, 'is not one that a tool may have'],
      [{ ...fine, license: 'MIT AND GPL-2.0' }, 'the license MIT AND GPL-2.0'],
      [{ ...fine, license: undefined }, 'the license no license'],
      [{ ...fine, integrity: undefined }, 'no SHA-512 hash'],
      [{ ...fine, integrity: 'sha1-x' }, 'no SHA-512 hash'],
      [{ ...fine, resolved: 'git+ssh://git@github.com/a/b.git' }, 'not from the registry'],
      [{ ...fine, hasInstallScript: true }, 'runs a script'],
      [{ ...fine, dev: true, hasInstallScript: true }, 'runs a script'],
      [{ ...fine, deprecated: 'use another' }, 'is deprecated'],
    ];
    const entries = Object.fromEntries(
      wrong.map(([entry], index) => [`node_modules/bad${String(index)}`, entry]),
    );
    const moving = ['^4.6.7', '4', 'latest', 'github:a/b', '>=1.0.0'];
    const versions = Object.fromEntries(moving.map((version, index) => [`p${String(index)}`, version]));

    const { status, lines } = check(
      lockOf(entries, { ...versions, zod: '4.6.8' }, { ...versions, zod: '4.6.7' }),
    );

    expect(status).toBe(1);
    expect(lines).toEqual([
      ...wrong.map(([, says]) => expect.stringContaining(says)),
      ...moving.map((version) => expect.stringContaining(`${version}: is no exact version`)),
      expect.stringContaining('package-lock.json says 4.6.7'),
    ]);
  });

  it('passes licenses of which one may be chosen, and tools with theirs', () => {
    const entries = {
      'node_modules/x': { ...fine, license: '(GPL-3.0-only OR MIT)' },
      'node_modules/y': { ...fine, license: 'MPL-2.0', dev: true },
      'node_modules/x/node_modules/z': { ...fine, license: 'Apache-2.0 AND MIT' },
    };

    expect(check(lockOf(entries, { zod: '4.6.7', other: 'npm:@a/zod@1.0.0-beta.1' }))).toEqual({
      status: 0,
      lines: [],
    });
  });

  it('and its bill of materials has every package of the bundle, with hash, license and what it needs', () => {
    const code = `
      import { billOf } from './scripts/supply-chain/bill-of-materials.mjs';
      const fine = (dependencies) => ({ version: '1.2.3', license: 'MIT', integrity: 'sha512-AAEC', dependencies });
      const packages = {
        'node_modules/@a/one': fine({ two: '1', three: '1', tool: '1' }),
        'node_modules/two': { ...fine({}), license: 'MIT OR ISC' },
        'node_modules/@a/one/node_modules/two': { ...fine({ three: '1' }), version: '2.0.0' },
        'node_modules/three': fine({}),
        'node_modules/tool': fine({}),
      };
      const folders = Object.keys(packages).filter((name) => !name.endsWith('tool'));
      const project = { name: 'p', version: '0.1.0', dependencies: { '@a/one': '1', tool: '1' } };
      process.stdout.write(JSON.stringify(billOf(folders, { packages }, project)));`;
    const bill = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' }),
    ) as { components: Record<string, unknown>[]; dependencies: { ref: string; dependsOn: string[] }[] };

    expect(bill.components.map((one) => one['purl'])).toEqual([
      'pkg:npm/%40a/one@1.2.3',
      'pkg:npm/two@1.2.3',
      'pkg:npm/two@2.0.0',
      'pkg:npm/three@1.2.3',
    ]);
    expect(bill.components[1]).toMatchObject({
      licenses: [{ expression: 'MIT OR ISC' }],
      hashes: [{ alg: 'SHA-512', content: '000102' }],
    });
    expect(Object.fromEntries(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))).toEqual({
      'p@0.1.0': ['@a/one@1.2.3'],
      '@a/one@1.2.3': ['three@1.2.3', 'two@2.0.0'],
      'two@1.2.3': [],
      'two@2.0.0': ['three@1.2.3'],
      'three@1.2.3': [],
    });
  });

  it('passes this project', () => {
    const run = spawnSync(process.execPath, [script], { encoding: 'utf8' });

    expect([run.status, run.stderr]).toEqual([0, '']);
  });

  it('is run by the gate, and so is the bill of materials', () => {
    const gate = readFileSync(join(root, '.ci', 'run'), 'utf8');

    expect(gate).toContain('npm run -s check:supply-chain');
    expect(gate).toContain('npm run -s sbom');
  });
});
