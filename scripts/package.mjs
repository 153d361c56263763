#!/usr/bin/env node
// Builds .build/package.zip: what is deployed to Azure.
//   npm run package [-- --policy FILE] [--json]
//     --policy FILE   the policy of the first start (default: policy/starter.yaml, which only observes)
//     --out FOLDER    where to write (default: .build)
//     --json          { bytes, files, unpackedBytes, zip, policy, mode }
//   exit 0: built, 1: refused, 2: wrong usage
import { spawnSync } from 'node:child_process';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PolicyRefused } from './package/choose-policy.mjs';
import { packageApp } from './package/package-app.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function readArguments() {
  try {
    return parseArgs({
      options: { policy: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean' } },
    }).values;
  } catch (error) {
    process.stderr.write(`package: ${error.message}\nusage: npm run package [-- --policy FILE] [--json]\n`);
    process.exit(2);
  }
}

const options = readArguments();
const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], {
  stdio: ['ignore', 2, 2],
});
if (built.status !== 0) process.exit(1);
try {
  const { zip, ...facts } = await packageApp(root, {
    policy: options.policy,
    out: options.out ?? join(root, '.build'),
  });
  // What only the deployment asks for.
  delete facts.readsDirectGroups;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...facts, zip: relative(process.cwd(), zip) })}\n`);
  } else {
    const megabytes = (facts.bytes / 1e6).toFixed(2);
    process.stdout.write(
      `${relative(process.cwd(), zip)}: ${facts.files} files, ${megabytes} MB, policy ${facts.policy} (${facts.mode})\n`,
    );
  }
} catch (error) {
  if (!(error instanceof PolicyRefused)) throw error;
  process.stderr.write(`package: ${error.message}\n`);
  process.exitCode = 1;
}
