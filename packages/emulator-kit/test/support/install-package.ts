import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export type InstalledPackage = {
  /** The folder that it was installed into; nothing else of this project is in it. */
  readonly folder: string;
  /** Absolute path of the program that its bin names, as npm linked it. */
  readonly bin: string;
  readonly remove: () => void;
};

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

const root = join(__dirname, '..', '..', '..', '..');

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, stdio: 'pipe' });
}

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
}

/** Packs packages/`name` as `npm publish` would; gives the path of the tarball. */
function pack({ name, version }: Manifest, folder: string): string {
  // Its scripts would build it; a test run has done that already.
  npm(join(root, 'packages', basename(name)), 'pack', '--ignore-scripts', '--pack-destination', folder);
  return join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
}

/**
 * Packs a package and installs the tarball into an empty folder with npm. What it depends on comes from this project's
 * node_modules, so that no registry is asked; what it does not declare is not there.
 */
export function installPackage(name: string): InstalledPackage {
  return inEmptyFolder(name, (folder, manifest) => {
    const dependencies = Object.fromEntries(
      Object.keys(manifest.dependencies).map((each) => [each, `file:${join(root, 'node_modules', each)}`]),
    );
    dependencies[manifest.name] = `file:${pack(manifest, folder)}`;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    npm(folder, 'install', '--offline', '--install-links', '--ignore-scripts');
    const [command = name] = Object.keys(manifest.bin);
    return join(folder, 'node_modules', '.bin', command);
  });
}

/**
 * The same without npm's install, for a package whose dependencies have many of their own: the tarball is unpacked, and
 * what it declares, and only that, is linked beside it.
 */
export function unpackPackage(name: string): InstalledPackage {
  return inEmptyFolder(name, (folder, manifest) => {
    const target = join(folder, 'node_modules', manifest.name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', pack(manifest, folder), '-C', target, '--strip-components=1']);
    for (const each of Object.keys(manifest.dependencies)) {
      mkdirSync(dirname(join(folder, 'node_modules', each)), { recursive: true });
      symlinkSync(join(root, 'node_modules', each), join(folder, 'node_modules', each));
    }
    return join(target, Object.values(manifest.bin)[0] ?? '');
  });
}

function inEmptyFolder(
  name: string,
  install: (folder: string, manifest: Manifest) => string,
): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), `installed-${name}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return { folder, bin: install(folder, readManifest(name)), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
