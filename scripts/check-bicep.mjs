#!/usr/bin/env node
// Checks infra/ without the Bicep compiler: syntax, secrets, roles, and agreement with the product's sources.
//   check-bicep.mjs [ROOT]   exit 0: fine, 1: problems as file:line:column, 2: cannot be checked
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  findBrokenModules,
  findKeyReading,
  findKeysLeftOn,
  findSecretOutputs,
  findStrayRoleAssignments,
  findUndescribed,
  findUnknownNames,
  findUnknownParameters,
  findUnused,
} from './bicep/bicep-rules.mjs';
import { makeBicepParser } from './bicep/parse-bicep.mjs';
import { findQueueGaps, findSettingGaps, findUnknownFunctions } from './bicep/product-rules.mjs';

const root = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..');

function readInfra(parse) {
  return readdirSync(join(root, 'infra'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.bicep(param)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => parse(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')));
}

try {
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
  process.exitCode = problems.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`check-bicep: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
