// What only the compiler knows: types, properties and API versions of the resources, and what the templates come to
// when their expressions are evaluated.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { compilerVersion } from './find-compiler.mjs';

/** The shell's, without what main.bicepparam reads: a snapshot must not depend on who makes it. */
function plainEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(LICENSER_|AZURE_|NOTIFICATION_KEY$)/.test(name)),
  );
}

/**
 * Lints every Bicep file, and compares what each parameter file comes to with the snapshot
 * beside it. Every line that the compiler prints is a finding: `bicep lint` ends with 0 on warnings.
 *
 * @param {string} compiler path of the compiler
 * @param {string} root folder that has `infra/`
 * @param {{ write?: boolean, cache: string }} options write: the snapshots are made anew instead of compared.
 *   cache: folder for what the compiler unpacks of itself
 * @returns {{ version: string, findings: string[] }} findings: the compiler's lines, empty when all is well
 */
export function compileInfra(compiler, root, { write = false, cache }) {
  mkdirSync(cache, { recursive: true });
  const run = (...args) => {
    const done = spawnSync(compiler, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...plainEnvironment(), DOTNET_BUNDLE_EXTRACT_BASE_DIR: cache },
    });
    if (done.error) throw done.error;
    const lines = `${done.stdout}\n${done.stderr}`.split('\n').filter((line) => line.trim() !== '');
    return done.status !== 0 && lines.length === 0 ? [`bicep ${args[0]} ended with ${done.status}`] : lines;
  };
  const [version = ''] = run('--version');
  const files = readdirSync(join(root, 'infra'), { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  const findings = run('lint', '--pattern', 'infra/**/*.bicep');
  // Without types there is no point in evaluating.
  if (findings.length > 0) return { version, findings: [...new Set(findings)] };
  for (const name of files.filter((file) => file.endsWith('.bicepparam'))) {
    const snapshot = `infra/${name.replace(/\.bicepparam$/, '.snapshot.json')}`;
    const mode = write ? 'overwrite' : 'validate';
    if (!write && !existsSync(join(root, snapshot))) {
      findings.push(`${snapshot} does not exist: npm run check:infra -- --write-snapshots`);
      continue;
    }
    const before =
      write && existsSync(join(root, snapshot)) ? readFileSync(join(root, snapshot), 'utf8') : '';
    const lines = run('snapshot', `infra/${name}`, '--mode', mode);
    // The compiler writes outputs in an order of the day: the file stays as it is when nothing else differs.
    if (before !== '' && isDeepStrictEqual(JSON.parse(before), readJson(join(root, snapshot))))
      writeFileSync(join(root, snapshot), before);
    if (lines.length === 0) continue;
    findings.push(...lines);
    findings.push(
      `infra/${name}: not what ${snapshot} says. If it is meant: npm run check:infra -- --write-snapshots` +
        (version.includes(compilerVersion)
          ? ''
          : ` (the snapshot was made with ${compilerVersion}, this is ${version})`),
    );
  }
  return { version, findings };
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
