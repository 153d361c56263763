// The package of the last deployment, where nothing that went into it has changed: bundling takes longer than all the
// rest that a deployment does on this machine.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { choosePolicy } from './choose-policy.mjs';
import { packageApp, stampFile } from './package-app.mjs';

/** What else is in it beside the policy: the sources and the page by the build's own stamp, packages by npm's list. */
function digestOf(root, policyText) {
  const scripts = readdirSync(join(root, 'scripts', 'package')).sort();
  const files = [
    ...[join('dist', '.build-stamp'), join('node_modules', '.package-lock.json'), 'package.json'],
    ...['host.json', 'LICENSE'],
    ...scripts.map((name) => join('scripts', 'package', name)),
  ];
  const hash = createHash('sha256').update(policyText).update('\0');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/** Facts of the package that is there, when it was made of the same things. */
function readKept(out, digest) {
  const path = join(out, stampFile);
  if (!existsSync(path)) return undefined;
  const kept = JSON.parse(readFileSync(path, 'utf8'));
  const isThere = existsSync(kept.facts.zip) && statSync(kept.facts.zip).size === kept.facts.bytes;
  return kept.digest === digest && isThere ? kept.facts : undefined;
}

/**
 * As packageApp, but makes nothing where `out` has the package already.
 *
 * @param {string} root the project, built
 * @param {{ policy?: string, out: string }} options
 * @returns {ReturnType<typeof packageApp>}
 * @throws {PolicyRefused}
 */
export async function keptPackage(root, { policy, out }) {
  const { path, text } = choosePolicy(root, policy);
  const digest = digestOf(root, text);
  const kept = readKept(out, digest);
  if (kept !== undefined) return { ...kept, policy: path };
  const facts = await packageApp(root, { policy, out });
  const own = join(out, `${stampFile}-${process.pid}`);
  writeFileSync(own, JSON.stringify({ digest, facts }));
  renameSync(own, join(out, stampFile));
  return facts;
}
