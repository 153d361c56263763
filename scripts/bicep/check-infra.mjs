// What check-bicep.mjs says of one tree without a compiler.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
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
} from './bicep-rules.mjs';
import { findQueueGaps, findSettingGaps, findUnknownFunctions } from './product-rules.mjs';

function readInfra(root, parse) {
  return readdirSync(join(root, 'infra'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.bicep(param)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => parse(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')));
}

/**
 * Checks the folder `infra` of a tree against its own rules and against the product's sources beside it.
 * @param {string} root
 * @param parse what makeBicepParser() gives
 * @returns {{ files: number, isReadable: boolean, problems: { path: string, line: number, column: number, message: string }[] }}
 * @throws an Error when there is no Bicep file
 */
export function checkInfra(root, parse) {
  const all = readInfra(root, parse);
  if (all.length === 0) throw new Error(`no Bicep file under ${join(root, 'infra')}`);
  const files = all.filter(({ path }) => path.endsWith('.bicep'));
  const parameterFiles = all.filter(({ path }) => path.endsWith('.bicepparam'));
  const syntax = all.flatMap(({ problems }) => problems);
  // A tree with holes would only lead to wrong conclusions.
  if (syntax.length > 0) return { files: all.length, isReadable: false, problems: syntax };
  return {
    files: all.length,
    isReadable: true,
    problems: [
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
    ],
  };
}

/** One line a problem, and one that counts them. */
export function describeCheck({ files, problems }) {
  const lines = problems.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`);
  return `${[...lines, `${files} files, ${problems.length} problems`].join('\n')}\n`;
}
