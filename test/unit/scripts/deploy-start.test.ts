import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..', '..');
type Hook = { readonly posix: { readonly run: string }; readonly windows: { readonly run: string } };
const { hooks } = parse(readFileSync(join(root, 'azure.yaml'), 'utf8')) as {
  readonly hooks: { readonly preprovision: Hook; readonly postprovision: Hook };
};

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Packages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const lockOf = (packages: Packages) => JSON.stringify({ lockfileVersion: 3, packages });
/** The root's own entry, a package, a workspace with its link, and a package of another system. */
const wanted = {
  '': { name: 'clone', version: '1.0.0' },
  'node_modules/zod': { version: '4.0.1', integrity: 'sha512-b' },
  'node_modules/page': { link: true, resolved: 'packages/page' },
  'packages/page': { name: 'page', version: '0.1.0' },
  'node_modules/@esbuild/aix-ppc64': { version: '0.28.2', optional: true },
};
const { '': _root, 'node_modules/@esbuild/aix-ppc64': _otherSystem, ...found } = wanted;
const { 'packages/page': _workspace, ...without } = found;
const installations = {
  wholly: lockOf(found),
  'before a pull that brought another version': lockOf({
    ...found,
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
  }),
  'before a pull that brought another build of the version': lockOf({
    ...found,
    'node_modules/zod': { version: '4.0.1', integrity: 'sha512-a' },
  }),
  'before a pull that brought a package': lockOf(without),
  'before a pull that took a package away': lockOf({ ...found, 'node_modules/yup': { version: '1.0.0' } }),
  'by an npm that was cut off': '{ "packages',
  partly: null,
  not: null,
} as const;
type Installed = keyof typeof installations;

/** A clone with the script that starts a deployment, and programs that note their calls: npm, which may fail, and node. */
function makeClone({ installed, npmEnds = 0 }: { installed: Installed; npmEnds?: number }) {
  folder = mkdtempSync(join(tmpdir(), 'deploy-start-'));
  mkdirSync(join(folder, 'scripts'));
  for (const name of ['deploy.sh', 'packages-current.mjs'])
    copyFileSync(join(root, 'scripts', name), join(folder, 'scripts', name));
  writeFileSync(join(folder, 'package-lock.json'), lockOf(wanted));
  if (installed !== 'not') mkdirSync(join(folder, 'node_modules'));
  const list = installations[installed];
  if (list !== null) writeFileSync(join(folder, 'node_modules', '.package-lock.json'), list);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, status] of [
    ['npm', npmEnds],
    ['node', 0],
  ] as const) {
    const runs = `case "$1" in *packages-current.mjs) exec '${process.execPath}' "$@";; esac`;
    const script = `#!/bin/sh\n${runs}\necho ${name} >> '${folder}/calls'\nexit ${String(status)}\n`;
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  const env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  const calls = () => {
    try {
      return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  return { env, calls };
}

const ways = [
  [
    'scripts/deploy.sh',
    (env: NodeJS.ProcessEnv) => spawnSync(join(folder, 'scripts/deploy.sh'), ['--help'], { env }),
  ],
  [
    'azd’s hook',
    (env: NodeJS.ProcessEnv) => spawnSync('sh', ['-c', hooks.preprovision.posix.run], { cwd: folder, env }),
  ],
] as const;

describe.each(ways)('%s', (_way, start) => {
  it.each(Object.keys(installations) as Installed[])(
    'brings the packages to a clone that was installed %s',
    (installed) => {
      const { env, calls } = makeClone({ installed });

      expect(start(env).status).toBe(0);
      expect(calls()).toEqual(installed === 'wholly' ? ['node'] : ['npm', 'node']);
    },
  );

  it('ends where npm fails', () => {
    const { env, calls } = makeClone({ installed: 'not', npmEnds: 1 });

    expect(start(env).status).toBe(1);
    expect(calls()).toEqual(['npm']);
  });
});

it('PowerShell asks the same script, and ends as the program before it ended', () => {
  const script = readFileSync(join(root, 'scripts', 'deploy.ps1'), 'utf8');
  folder = mkdtempSync(join(tmpdir(), 'deploy-start-'));

  for (const text of [script, hooks.preprovision.windows.run]) {
    expect(text).toMatch(/if \(\(node .*scripts\/packages-current\.mjs'?\)+ -ne 'current'\)/);
    expect(text).toMatch(/npm [^;\n]*ci[;\n][^]*if \(\$LASTEXITCODE -ne 0\) \{ exit \$LASTEXITCODE \}/);
  }
  for (const text of [script, hooks.preprovision.windows.run, hooks.postprovision.windows.run])
    expect(text.trim()).toMatch(/exit \$LASTEXITCODE$/);
});
