import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const checkPolicy = `exports.checkPolicy = () => ({ problems: [],
  policy: { mode: 'observe', rules: [], needs: { directGroups: false } } });`;
/** What the digest of a package reads. */
const project = {
  'package.json': '{"version":"0.1.0"}',
  'host.json': '{}',
  LICENSE: 'MIT',
  'dist/.build-stamp': 'digest of the sources',
  'dist/dashboard/index.html': '<p>page</p>',
  'dist/dashboard/assets/page.js': 'page()',
  'dist/shared/policy/check-policy.js': checkPolicy,
  'node_modules/.package-lock.json': '{"packages":{}}',
  'policy/starter.yaml': 'mode: observe',
};

type Case = readonly [what: string, path: string, text: string];
const unrelated: Case = ['a file that is not part of it', 'README.md', 'another'];
const changed: readonly Case[] = [
  ['a source, by the stamp of its build', 'dist/.build-stamp', 'another digest'],
  [
    'the versions that are installed',
    'node_modules/.package-lock.json',
    '{"packages":{"node_modules/zod":{}}}',
  ],
  ['the page', 'dist/dashboard/assets/page.js', 'other()'],
  ['host.json', 'host.json', '{ }'],
  ['the policy', 'policy/starter.yaml', 'mode: observe # changed'],
  ['a script that makes it', 'scripts/package/bundle-app.mjs', '// changed'],
];
const broken: readonly Case[] = [
  ['the zip has other content of the same length', '.build/package.zip', 'b zip file'],
  ['its stamp was cut off', '.build/package-stamp.json', '{"digest":"'],
  ['its stamp is empty', '.build/package-stamp.json', ''],
  ['its stamp is none', '.build/package-stamp.json', 'null'],
  ['its stamp says nothing', '.build/package-stamp.json', '{}'],
];

/** For each case a project that is deployed, changed, and deployed again: how often a package was made. One process. */
const code = `
  import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
  import { dirname, join } from 'node:path';
  import { keptPackage } from './scripts/package/kept-package.mjs';
  const [folder, project, cases] = process.argv.slice(1);
  const counts = {};
  for (const [what, path, text] of JSON.parse(cases)) {
    const root = join(folder, String(Object.keys(counts).length));
    const write = (file, content) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    };
    for (const [file, content] of Object.entries(JSON.parse(project))) write(file, content);
    cpSync('scripts/package', join(root, 'scripts', 'package'), { recursive: true });
    const out = join(root, '.build');
    mkdirSync(out);
    let made = 0;
    const make = async () => {
      made++;
      const zip = join(out, 'package.zip');
      writeFileSync(zip, 'a zip file');
      return { zip, bytes: 10, mode: 'observe' };
    };
    counts[what] = await keptPackage(root, { out }, make)
      .then(() => write(path, text))
      .then(() => keptPackage(root, { out }, make))
      .then(() => made, String);
  }
  process.stdout.write(JSON.stringify(counts));`;

describe('the package of the last deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-package-'));
  let made: Readonly<Record<string, number | string>>;
  beforeAll(() => {
    const cases = JSON.stringify([unrelated, ...changed, ...broken]);
    const args = ['--input-type=module', '-e', code, folder, JSON.stringify(project), cases];
    made = JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })) as typeof made;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is taken again while nothing that goes into it changes', () => {
    expect(made[unrelated[0]]).toBe(1);
  });

  it.each(changed)('is made again after a change of %s', (what) => {
    expect(made[what]).toBe(2);
  });

  it.each(broken)('is made again when %s', (what) => {
    expect(made[what]).toBe(2);
  });
});
