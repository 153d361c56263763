// The package of the last deployment, where nothing that went into it has changed: bundling takes longer than all the
// rest that a deployment does on this machine.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { choosePolicy } from './choose-policy.mjs';
import { packageApp, stampFile } from './package-app.mjs';

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/** What else is in it beside the policy: the sources by the build's own stamp, the page itself, packages by npm's list. */
function digestOf(root, policyText) {
  const scripts = readdirSync(join(root, 'scripts', 'package')).sort();
  const page = readdirSync(join(root, 'dist', 'dashboard'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
  const files = [
    ...[join('dist', '.build-stamp'), join('node_modules', '.package-lock.json'), 'package.json'],
    ...['host.json', 'LICENSE', ...page],
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

/** The stamp of the package that is there; undefined: there is none, or none that can be read, which is the same. */
function readStamp(out) {
  const path = join(out, stampFile);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) ?? undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Facts of the package that is there, when it was made of the same things and is what was made then. */
function readKept(out, digest) {
  const stamp = readStamp(out);
  const zip = stamp?.facts?.zip;
  if (stamp?.digest !== digest || typeof zip !== 'string' || !existsSync(zip)) return undefined;
  return sha256(readFileSync(zip)) === stamp.sha256 ? stamp.facts : undefined;
}

/**
 * As packageApp, but makes nothing where `out` has the package already.
 *
 * @param {string} root the project, built
 * @param {{ policy?: string, out: string }} options
 * @param {typeof packageApp} make makes the package
 * @returns {ReturnType<typeof packageApp>}
 * @throws {PolicyRefused}
 */
export async function keptPackage(root, { policy, out }, make = packageApp) {
  const { path, text } = choosePolicy(root, policy);
  const digest = digestOf(root, text);
  const kept = readKept(out, digest);
  if (kept !== undefined) return { ...kept, policy: path };
  const facts = await make(root, { policy, out });
  const own = join(out, `${stampFile}-${process.pid}`);
  writeFileSync(own, JSON.stringify({ digest, sha256: sha256(readFileSync(facts.zip)), facts }));
  renameSync(own, join(out, stampFile));
  return facts;
}
