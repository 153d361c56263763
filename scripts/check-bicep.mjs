#!/usr/bin/env node
// Checks infra/: what the compiler cannot know (secrets, roles, agreement with the product's sources), and then with
// the Bicep compiler, where there is one, types, lint rules and the snapshots of what the templates come to.
//   check-bicep.mjs [ROOT]      exit 0: fine, 1: problems as file:line:column, 2: cannot be checked
//     --require-compiler        no compiler is a failure; without it: "types not checked"
//     --from-nuget              Microsoft's NuGet package of the pinned version, whatever else is installed
//     --without-compiler        only what needs none
//     --only-compiler           only the compiler
//     --no-download             a compiler that is there is used, none is downloaded
//     --write-snapshots         the snapshots are made anew
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkInfra, describeCheck } from './bicep/check-infra.mjs';
import { compileInfra } from './bicep/compile.mjs';
import { findCompiler } from './bicep/find-compiler.mjs';
import { makeBicepParser } from './bicep/parse-bicep.mjs';

const project = join(dirname(fileURLToPath(import.meta.url)), '..');
const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const [root = project] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

/** Lines to print, and whether the types were found wrong. */
function checkTypes() {
  if (flags.has('--without-compiler')) return { lines: [], isWrong: false };
  const found = findCompiler(project, {
    mayRestore: !flags.has('--no-download'),
    fromNuGet: flags.has('--from-nuget'),
  });
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

try {
  if (flags.has('--only-compiler')) {
    const { lines, isWrong } = checkTypes();
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exit(isWrong ? 1 : 0);
  }
  const check = checkInfra(root, await makeBicepParser());
  process.stdout.write(describeCheck(check));
  // The compiler would only say the same of a file that cannot be read.
  const types = check.isReadable ? checkTypes() : { lines: [], isWrong: false };
  for (const line of types.lines) process.stdout.write(`${line}\n`);
  process.exitCode = check.problems.length > 0 || types.isWrong ? 1 : 0;
} catch (error) {
  process.stderr.write(`check-bicep: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
