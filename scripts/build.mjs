#!/usr/bin/env node
// Compiles the TypeScript sources: each package under packages/ to its own dist/, then everything else to dist/, with
// the data files that the code reads beside itself and the ops page in dist/dashboard/.
//   --if-stale     compiles only what changed since its last build (content hash, not times)
//   --if-possible  does nothing when the compiler is not installed (npm ci --omit=dev)
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePage } from './dashboard/bundle-page.mjs';
import { filesUnder, sourceDigest } from './source-digest.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const compiler = join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
const workspaces = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces;
const dataFile = /\.(json|ndjson|ya?ml|html|css|svg)$/;

/** What is compiled in one go: `sources` and `configs` decide whether it is stale, `data` is copied to `output`. */
const packageBuilds = workspaces.map((folder) => ({
  name: folder,
  config: join(folder, 'tsconfig.build.json'),
  sources: [join(folder, 'src'), join(folder, 'bench'), join('packages', 'emulator-kit')],
  configs: ['tsconfig.json', join('packages', 'tsconfig.build.json'), join(folder, 'package.json')],
  output: join(folder, 'dist'),
  data: [],
}));
const productBuild = {
  name: 'product',
  config: 'tsconfig.build.json',
  sources: [
    ...['functions', 'shared', 'cli', 'local', 'demo', 'rehearsal', 'faults', 'bench', 'dashboard'],
    join('packages', 'emulator-kit'),
    join('scripts', 'dashboard'),
  ],
  // Types of the packages that it imports.
  configs: [
    'tsconfig.json',
    'package.json',
    join('docs', 'runbook.md'),
    ...packageBuilds.map(({ output }) => join(output, '.build-stamp')),
  ],
  output: 'dist',
  data: ['functions', 'shared', 'cli', 'local', 'demo', 'rehearsal', 'faults', 'bench'],
  /** The ops page; its routes are those that were just compiled. */
  finish: (next) => bundlePage(root, next, join(next, 'dashboard')),
};

const digestOf = ({ sources, configs, config }) =>
  sourceDigest(root, sources, [
    ...[...configs, config],
    ...[join('scripts', 'build.mjs'), join('scripts', 'source-digest.mjs')],
  ]);

const stampOf = (build) => join(root, build.output, '.build-stamp');
const isFresh = (build, digest) =>
  existsSync(stampOf(build)) && readFileSync(stampOf(build), 'utf8') === digest;

function compile(config, output) {
  const child = spawn(process.execPath, [compiler, '-p', join(root, config), '--outDir', output], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

/**
 * A build lands whole: compiled beside its output, then moved into its place, so that a process that starts
 * meanwhile finds either the old build or the new one.
 */
async function run(build) {
  const digest = digestOf(build);
  if (flags.has('--if-stale') && isFresh(build, digest)) return;
  const next = join(root, '.build', `${build.name.replace(/\W/g, '-')}-${process.pid}`);
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  const code = await compile(build.config, next);
  if (code !== 0) {
    rmSync(next, { recursive: true, force: true });
    process.exit(code);
  }
  for (const folder of build.data) {
    for (const file of filesUnder(join(root, folder)).filter((name) => dataFile.test(name))) {
      const target = join(next, relative(root, file));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(file, target);
    }
  }
  await build.finish?.(next).catch((error) => {
    process.stderr.write(`build: ${error.message}\n`);
    rmSync(next, { recursive: true, force: true });
    process.exit(1);
  });
  writeFileSync(join(next, '.build-stamp'), digest);
  // The old build is moved away, not deleted first: a process that starts meanwhile misses it for two renames only.
  const old = `${next}-old`;
  if (existsSync(join(root, build.output))) renameSync(join(root, build.output), old);
  renameSync(next, join(root, build.output));
  rmSync(old, { recursive: true, force: true });
}

const flags = new Set(process.argv.slice(2));
if (!existsSync(compiler)) {
  if (flags.has('--if-possible') || (flags.has('--if-stale') && existsSync(stampOf(productBuild))))
    process.exit(0);
  process.stderr.write('build: the TypeScript compiler is not installed. Run "npm ci" first.\n');
  process.exit(1);
}
await Promise.all(packageBuilds.map(run));
await run(productBuild);
