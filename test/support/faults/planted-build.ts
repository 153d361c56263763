import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';
import { projectRoot } from '../local-cloud';

/** A mistake in the product's source: `from` stands in the file exactly once, and becomes `to`. */
export type Patch = { readonly file: string; readonly from: string; readonly to: string };

/**
 * A copy of the build with these mistakes in it, in .build/planted/NAME; the sources stay as they are.
 * @returns its folder
 * @throws Error a patch does not fit its file any more
 */
export function plant(name: string, patches: readonly Patch[]): string {
  const folder = join(projectRoot, '.build', 'planted', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(projectRoot, 'dist'), folder, { recursive: true });
  const patched = new Map<string, string>();
  for (const { file, from, to } of patches) {
    const source = patched.get(file) ?? readFileSync(join(projectRoot, file), 'utf8');
    const found = source.split(from).length - 1;
    if (found !== 1) throw new Error(`${file} has ${String(found)} times, not once:\n${from}`);
    patched.set(
      file,
      source.replace(from, () => to),
    );
  }
  for (const [file, source] of patched) {
    const { code } = transformSync(source, {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs', ignoreDynamic: true },
    });
    writeFileSync(join(folder, file.replace(/\.ts$/, '.js')), code);
  }
  return folder;
}

/** What the campaign of this build finds in these days. @throws Error it could not be run */
export function runCampaign(
  folder: string,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Readonly<Record<string, unknown>> & { readonly failedSeeds: readonly number[] } {
  const args = ['--runs', String(runs), '--seed', String(seed), '--no-shrink', '--json'];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(folder, 'faults', 'main.js'), ...args],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return JSON.parse(stdout) as ReturnType<typeof runCampaign>;
}
