// A bill of materials as CycloneDX has it: https://cyclonedx.org/docs/1.5/json/

/**
 * @param {readonly string[]} folders of the packages, from the project's: `node_modules/zod`
 * @param {{ packages: Record<string, Record<string, unknown>> }} lock package-lock.json
 * @param {{ name: string, version: string }} project
 * @returns {Record<string, unknown>} the document; the same input gives the same document
 * @throws {Error} a package is not in the lock, or has no hash there
 */
export function billOf(folders, lock, project) {
  const known = new Map(folders.map((folder) => [folder, entryOf(lock, folder)]));
  const refOf = (folder) => `${nameOf(folder)}@${known.get(folder).version}`;
  const own = `${project.name}@${project.version}`;
  const components = new Map(
    folders.map((folder) => [refOf(folder), toComponent(folder, known.get(folder))]),
  );
  const needs = new Map([...components.keys()].map((ref) => [ref, new Set()]));
  for (const [folder, entry] of known) {
    for (const name of Object.keys({ ...entry.dependencies, ...entry.peerDependencies })) {
      const found = resolve(folder, name, known);
      if (found !== undefined) needs.get(refOf(folder)).add(refOf(found));
    }
  }
  const direct = Object.keys(project.dependencies ?? {})
    .map((name) => `node_modules/${name}`)
    .filter((folder) => known.has(folder))
    .map(refOf);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { 'bom-ref': own, type: 'application', name: project.name, version: project.version },
    },
    components: [...components.values()],
    dependencies: [
      { ref: own, dependsOn: direct.sort() },
      ...[...needs].map(([ref, others]) => ({ ref, dependsOn: [...others].sort() })),
    ],
  };
}

const nameOf = (folder) => folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);

function entryOf(lock, folder) {
  const entry = lock.packages[folder];
  if (entry === undefined) throw new Error(`${folder} is in the bundle and not in package-lock.json`);
  if (!/^sha512-/.test(String(entry.integrity))) throw new Error(`${folder} has no SHA-512 hash`);
  return entry;
}

function toComponent(folder, { version, license, integrity }) {
  const name = nameOf(folder);
  const isExpression = /\s(?:AND|OR)\s/.test(license);
  return {
    'bom-ref': `${name}@${version}`,
    type: 'library',
    name,
    version,
    // https://github.com/package-url/purl-spec
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    hashes: [
      { alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') },
    ],
    licenses: [isExpression ? { expression: license } : { license: { id: license } }],
  };
}

/** The folder from which a package loads another one, as Node.js looks: its own node_modules, then those above. */
function resolve(folder, name, known) {
  for (let place = `${folder}/`; ;) {
    const found = `${place}node_modules/${name}`;
    if (known.has(found)) return found;
    if (place === '') return undefined;
    const above = place.slice(0, -1).lastIndexOf('node_modules/');
    place = above <= 0 ? '' : place.slice(0, above);
  }
}
