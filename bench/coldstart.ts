import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../local/project-root';
import { makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { median } from '../packages/emulator-kit/bench/median';

/** It takes --small. */
export const hasSmallSize = true;

const Load = z.object({
  wallMs: z.number(),
  processorMs: z.number(),
  megabytes: z.number(),
  functions: z.number(),
});
const Package = z.object({ bytes: z.number(), files: z.number(), unpackedBytes: z.number() });

/**
 * Run by a fresh process: loads the files that it is given, as the worker does at a cold start, and says what it took.
 * `@azure/functions-core` is the worker's; here it only counts.
 */
const loader = `
  const Module = require('node:module');
  const load = Module._load;
  let functions = 0;
  const core = {
    version: '4', hostVersion: '4', setProgrammingModel() {}, log() {},
    registerFunction() { functions += 1; }, registerHook() { return { dispose() {} }; },
  };
  Module._load = function (request, ...rest) {
    return request === '@azure/functions-core' ? core : load.call(this, request, ...rest);
  };
  const cpu = process.cpuUsage();
  const begin = performance.now();
  for (const file of process.argv.slice(1)) require(file);
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({
    wallMs: performance.now() - begin,
    processorMs: (used.user + used.system) / 1000,
    megabytes: process.memoryUsage().rss / 2 ** 20,
    functions,
  }));
`;

function loadOnce(files: readonly string[]): z.infer<typeof Load> {
  const run = spawnSync(process.execPath, ['--eval', loader, '--', ...files], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`The app does not load: ${run.stderr}`);
  return Load.parse(JSON.parse(run.stdout));
}

/** Bytes and files under a folder, as they would be zipped; links are not followed. */
function sizeOf(folder: string): { bytes: number; files: number } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return {
    files: files.length,
    bytes: files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0),
  };
}

/**
 * What a cold start loads: the package that is deployed beside `dist/` with its node_modules, in turns, each time in a
 * fresh process. Processor time is judged: the wall clock of a shared machine says little.
 *
 * @throws when the package cannot be built or one of the two does not load
 */
export function benchColdstart({ isSmall }: { readonly isSmall: boolean }): BenchResult {
  const root = projectRoot();
  const out = mkdtempSync(join(tmpdir(), 'coldstart-'));
  try {
    const built = spawnSync(
      process.execPath,
      [join(root, 'scripts', 'package.mjs'), '--json', '--out', out],
      {
        encoding: 'utf8',
      },
    );
    if (built.status !== 0) throw new Error(`The package is not built: ${built.stderr}`);
    const { bytes, files, unpackedBytes } = Package.parse(JSON.parse(built.stdout));
    const functions = join(root, 'dist', 'functions');
    const unbundled = readdirSync(functions)
      .filter((name) => name.endsWith('.js'))
      .sort()
      .map((name) => join(functions, name));
    const bundled = [join(out, 'package', 'main.js')];

    const runs = Array.from({ length: isSmall ? 2 : 11 }, () => ({
      before: loadOnce(unbundled),
      after: loadOnce(bundled),
    }));
    const of = (which: 'before' | 'after', key: keyof z.infer<typeof Load>) =>
      median(runs.map((run) => run[which][key]));
    const share = of('after', 'processorMs') / of('before', 'processorMs');
    const installed = sizeOf(join(root, 'node_modules'));
    const figures = roundFigures({
      packageMegabytes: bytes / 1e6,
      packageFiles: files,
      unpackedMegabytes: unpackedBytes / 1e6,
      nodeModulesMegabytes: installed.bytes / 1e6,
      nodeModulesFiles: installed.files,
      loadMs: of('after', 'wallMs'),
      loadMsUnbundled: of('before', 'wallMs'),
      loadProcessorMs: of('after', 'processorMs'),
      loadProcessorMsUnbundled: of('before', 'processorMs'),
      memoryMegabytes: of('after', 'megabytes'),
      memoryMegabytesUnbundled: of('before', 'megabytes'),
      functions: of('after', 'functions'),
      loadShare: share,
    });
    return {
      figures,
      targets: [
        makeTarget('packageMegabytes', '<=', 1.5, bytes / 1e6),
        makeTarget('loadShare', '<=', 0.5, share),
        // Not every file of functions/ registers one: a hook of the host is no function.
        makeTarget('functions', '>=', of('before', 'functions'), of('after', 'functions')),
      ],
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
