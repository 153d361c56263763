#!/usr/bin/env node
// npm run check:supply-chain: no secret stands in a file of the project; every dependency has a license that we may pass on,
// a hash, an exact version and no script that runs when it is installed. Works without network.
//   check.mjs [--root=DIR]   the git work tree DIR; exit code 1 and one line a finding
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLock } from './lock.mjs';
import { findSecrets } from './secrets.mjs';

const rootOption = process.argv.slice(2).find((arg) => arg.startsWith('--root='));
const root = rootOption?.slice('--root='.length) ?? join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Larger files are recorded data. */
const mostBytes = 4_000_000;

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64e6,
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)) && lstatSync(join(root, file)).isFile());

const findings = [];
for (const file of files) {
  const bytes = readFileSync(join(root, file));
  if (bytes.length > mostBytes || bytes.includes(0)) continue;
  findings.push(...findSecrets(file, bytes.toString('utf8')));
}
if (existsSync(join(root, 'package-lock.json'))) {
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const lock = read('package-lock.json');
  const folders = Object.keys(lock.packages).filter((folder) => !folder.includes('node_modules'));
  const manifests = Object.fromEntries(folders.map((folder) => [folder, read(join(folder, 'package.json'))]));
  findings.push(...checkLock(lock, manifests));
}
for (const finding of findings) process.stderr.write(`${finding}\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
