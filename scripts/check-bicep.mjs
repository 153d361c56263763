#!/usr/bin/env node
// Checks infra/: what the compiler cannot know (secrets, roles, agreement with the product's sources), and then with
// the Bicep compiler, where there is one, types, lint rules and the snapshots of what the templates come to.
//   check-bicep.mjs [ROOT]      exit 0: fine, 1: problems as file:line:column, 2: cannot be checked
//     --require-compiler        no compiler is a failure; without it: "types not checked"
//     --without-compiler        only what needs none
//     --only-compiler           only the compiler
//     --no-download             a compiler that is there is used, none is downloaded
//     --write-snapshots         the snapshots are made anew
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  findBrokenModules,
  findKeyReading,
  findKeysLeftOn,
  findOpenSecrets,
  findSecretOutputs,
  findStrayRoleAssignments,
  findUndescribed,
  findUnknownNames,
  findUnknownParameters,
  findUnused,
} from './bicep/bicep-rules.mjs';
import { compileInfra } from './bicep/compile.mjs';
import { findCompiler } from './bicep/find-compiler.mjs';
import { makeBicepParser } from './bicep/parse-bicep.mjs';
import { findQueueGaps, findSettingGaps, findUnknownFunctions } from './bicep/product-rules.mjs';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const [root = project] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

/** Lines to print, and whether the types were found wrong. */
function checkTypes() {
  if (flags.has('--without-compiler')) return { lines: [], isWrong: false };
  const found = findCompiler(project, { mayRestore: !flags.has('--no-download') });
  if (found.missing !== undefined) {
    return { lines: [`types not checked: ${found.missing}`], isWrong: flags.has('--require-compiler') };
  }
  const { version, findings } = compileInfra(found.path, root, {
    write: flags.has('--write-snapshots'),
    cache: join(project, '.build', 'bicep', 'unpacked'),
  });
  return findings.length > 0
    ? { lines: findings, isWrong: true }
    : { lines: [`types checked and snapshots compared: ${version}`], isWrong: false };
}

function readInfra(parse) {
  return readdirSync(join(root, 'infra'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.bicep(param)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => parse(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')));
}

try {
  if (flags.has('--only-compiler')) {
    const { lines, isWrong } = checkTypes();
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exit(isWrong ? 1 : 0);
  }
  const all = readInfra(await makeBicepParser());
  if (all.length === 0) throw new Error(`no Bicep file under ${join(root, 'infra')}`);
  const files = all.filter(({ path }) => path.endsWith('.bicep'));
  const parameterFiles = all.filter(({ path }) => path.endsWith('.bicepparam'));
  const syntax = all.flatMap(({ problems }) => problems);
  // A tree with holes would only lead to wrong conclusions.
  const problems =
    syntax.length > 0
      ? syntax
      : [
          ...findKeyReading(files),
          ...findKeysLeftOn(files),
          ...findOpenSecrets(files),
          ...findSecretOutputs(files),
          ...findStrayRoleAssignments(files),
          ...findUndescribed(files),
          ...findUnknownNames(files),
          ...findUnused(files),
          ...findBrokenModules(files, root),
          ...findUnknownParameters(parameterFiles, files),
          ...findSettingGaps(files, root),
          ...findQueueGaps(files, root),
          ...findUnknownFunctions(files, root),
        ];
  for (const { path, line, column, message } of problems) {
    process.stdout.write(`${path}:${line}:${column} ${message}\n`);
  }
  process.stdout.write(`${all.length} files, ${problems.length} problems\n`);
  // The compiler would only say the same of a file that cannot be read.
  const types = syntax.length > 0 ? { lines: [], isWrong: false } : checkTypes();
  for (const line of types.lines) process.stdout.write(`${line}\n`);
  process.exitCode = problems.length > 0 || types.isWrong ? 1 : 0;
} catch (error) {
  process.stderr.write(`check-bicep: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
