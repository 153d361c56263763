// What package-lock.json and package.json must say of what other people wrote.

/** Of what reaches a deployment: they ask for no more than their text beside the copy (NOTICES in the package). */
const productLicenses = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']);
/** Of tools, which are not passed on. */
const toolLicenses = new Set([...productLicenses, 'BlueOak-1.0.0', 'MPL-2.0', 'CC0-1.0', 'CC-BY-4.0']);
/** Tools whose lock entry names no SPDX identifier, and what they are. */
const readByHand = new Map([
  // Public domain, or MIT where that does not exist: the page that it names.
  ['uri-templates', 'http://geraintluff.github.io/tv4/LICENSE.txt'],
]);
/** Tools that run a script when they are installed: each fetches or builds a binary for this machine. */
const mayRunScripts = new Set([
  '@parcel/watcher',
  '@swc/core',
  'esbuild',
  'tree-sitter-bicep',
  'unrs-resolver',
]);
const exact = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/**
 * @param {{ packages: Record<string, Record<string, unknown>> }} lock package-lock.json
 * @param {Record<string, Record<string, unknown>>} manifests package.json by its folder; '' is the project's
 * @returns {string[]} one line a finding
 */
export function checkLock(lock, manifests) {
  const findings = [];
  const seenTools = new Set();
  for (const [folder, entry] of Object.entries(lock.packages)) {
    if (!folder.includes('node_modules/') || entry.link === true) continue;
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const isTool = entry.dev === true || entry.devOptional === true;
    const found = (what) => findings.push(`${folder} ${entry.version}: ${what}`);
    const license = String(entry.license ?? 'no license');
    const isKnown = isTool && readByHand.get(name) === license;
    if (!isKnown && !isAllowed(license, isTool ? toolLicenses : productLicenses))
      found(`the license ${license} is not one that ${isTool ? 'a tool' : 'the product'} may have`);
    if (!/^sha512-/.test(String(entry.integrity))) found('has no SHA-512 hash');
    if (entry.resolved !== undefined) found(`comes from ${String(entry.resolved)}, not from the registry`);
    if (entry.hasInstallScript === true) {
      seenTools.add(name);
      if (!isTool || !mayRunScripts.has(name)) found('runs a script when it is installed');
    }
    if (entry.deprecated !== undefined) found(`is deprecated: ${String(entry.deprecated)}`);
  }
  for (const name of mayRunScripts)
    if (!seenTools.has(name)) findings.push(`${name}: is listed to run a script, and does not`);
  for (const [folder, manifest] of Object.entries(manifests)) {
    const locked = lock.packages[folder] ?? {};
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
        const place = `${folder === '' ? '' : `${folder}/`}package.json: ${name} ${version}`;
        if (!exact.test(version)) findings.push(`${place}: is no exact version`);
        if (locked[kind]?.[name] !== version)
          findings.push(`${place}: package-lock.json says ${String(locked[kind]?.[name])}`);
      }
    }
  }
  return findings;
}

/** `A AND B` takes both, `A OR B` one of them. */
function isAllowed(license, allowed) {
  const text = license.replace(/^\((.*)\)$/, '$1');
  if (text.includes(' OR ')) return text.split(' OR ').some((part) => isAllowed(part, allowed));
  if (text.includes(' AND ')) return text.split(' AND ').every((part) => isAllowed(part, allowed));
  return allowed.has(text);
}
