// Puts together what is deployed: the bundle, host.json, a package.json without dependencies, and one policy.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { zipSync } from 'fflate';
import { bundleApp, noticesOf } from './bundle-app.mjs';
import { choosePolicy } from './choose-policy.mjs';

/** Beside a package that kept-package.mjs may take again: what it was made of. */
export const stampFile = 'package-stamp.json';
/** Where the app looks for its policy unless LICENSER_POLICY_PATH says otherwise. */
const policyPath = 'policy/licensing.yaml';
/** The same sources give the same bytes. */
const fixedTime = new Date(1980, 0, 1);

/**
 * Writes `package.zip`, the same unpacked in `package/`, and the source maps beside them in `package-maps/`.
 *
 * @param {string} root the project, built
 * @param {{ policy?: string, out: string }} options policy: path of a policy; default: the starter policy.
 *   out: folder to write into
 * @returns {Promise<{ zip: string, bytes: number, unpackedBytes: number, files: number, policy: string, mode: string,
 *   readsDirectGroups: boolean }>}
 *   bytes: of the zip; policy: the path it was taken from
 * @throws {PolicyRefused} the policy is wrong, or a sample that enforces
 */
export async function packageApp(root, { policy: file, out }) {
  const policy = choosePolicy(root, file);
  const { files: code, maps, packages } = await bundleApp(root);
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = { name, version, license, private: true, main: 'main.js' };
  const page = readPage(join(root, 'dist', 'dashboard'));
  const files = {
    'host.json': readFileSync(join(root, 'host.json')),
    ...code,
    'package.json': Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`),
    [policyPath]: Buffer.from(policy.text),
    ...page.files,
    LICENSE: readFileSync(join(root, 'LICENSE')),
    'THIRD-PARTY-NOTICES.txt': Buffer.from(noticesOf(root, [...packages, ...page.packages])),
  };

  const folder = join(out, 'package');
  const mapFolder = join(out, 'package-maps');
  for (const old of [join(out, stampFile), folder, mapFolder]) rmSync(old, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(mapFolder, { recursive: true });
  for (const [path, content] of Object.entries(maps)) writeFileSync(join(mapFolder, path), content);

  const zip = join(out, 'package.zip');
  const bytes = zipSync(files, { level: 9, mtime: fixedTime });
  writeFileSync(zip, bytes);
  return {
    zip,
    bytes: bytes.length,
    unpackedBytes: Object.values(files).reduce((sum, { length }) => sum + length, 0),
    files: Object.keys(files).length,
    policy: policy.path,
    mode: policy.mode,
    readsDirectGroups: policy.readsDirectGroups,
  };
}

/** The built ops page as it lies in the package, and the packages that are in it. */
function readPage(folder) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name !== 'packages.json')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return {
    files: Object.fromEntries(
      files.map((path) => [`dashboard/${relative(folder, path).split(sep).join('/')}`, readFileSync(path)]),
    ),
    packages: JSON.parse(readFileSync(join(folder, 'packages.json'), 'utf8')),
  };
}
