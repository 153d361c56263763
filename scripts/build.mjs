#!/usr/bin/env node
// Compiles the TypeScript sources to dist/ and copies the data files that the code reads beside itself.
//   --if-stale     does nothing when no source changed since the last build (content hash, not times)
//   --if-possible  does nothing when the compiler is not installed (npm ci --omit=dev)
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = ['functions', 'shared', 'cli', 'local', 'demo', 'packages', 'bench'];
const configs = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'scripts/build.mjs'];
const stamp = join(root, 'dist', '.build-stamp');
const compiler = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const inputs = [
  ...sources.flatMap((folder) => filesUnder(join(root, folder))),
  ...configs.map((file) => join(root, file)),
];
const hash = createHash('sha256');
for (const file of inputs)
  hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
const digest = hash.digest('hex');

const flags = new Set(process.argv.slice(2));
if (flags.has('--if-stale') && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) process.exit(0);
if (!existsSync(compiler)) {
  if (flags.has('--if-possible') || existsSync(stamp)) process.exit(0);
  process.stderr.write('build: the TypeScript compiler is not installed. Run "npm ci" first.\n');
  process.exit(1);
}

// A build lands whole: compiled beside dist, then moved into its place, so that a process that starts
// meanwhile finds either the old build or the new one.
const next = join(root, '.build', `dist-${process.pid}`);
rmSync(next, { recursive: true, force: true });
mkdirSync(next, { recursive: true });
const compiled = spawnSync(
  process.execPath,
  [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', next],
  { cwd: root, stdio: ['ignore', 2, 2] },
);
if (compiled.status !== 0) {
  rmSync(next, { recursive: true, force: true });
  process.exit(compiled.status ?? 1);
}
for (const file of inputs.filter((file) => /\.(json|ndjson|ya?ml|html|css|svg)$/.test(file))) {
  const path = relative(root, file);
  if (!sources.includes(path.split(/[\\/]/)[0])) continue;
  mkdirSync(dirname(join(next, path)), { recursive: true });
  cpSync(file, join(next, path));
}
writeFileSync(join(next, '.build-stamp'), digest);
rmSync(join(root, 'dist'), { recursive: true, force: true });
renameSync(next, join(root, 'dist'));
