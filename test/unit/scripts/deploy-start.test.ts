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

/** A clone with the script that starts a deployment, and programs that note their calls: npm, which may fail, and node. */
function makeClone({ installed, npmEnds = 0 }: { installed: 'wholly' | 'partly' | 'not'; npmEnds?: number }) {
  folder = mkdtempSync(join(tmpdir(), 'deploy-start-'));
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(join(root, 'scripts', 'deploy.sh'), join(folder, 'scripts', 'deploy.sh'));
  if (installed !== 'not') mkdirSync(join(folder, 'node_modules'));
  if (installed === 'wholly') writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{}');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, status] of [
    ['npm', npmEnds],
    ['node', 0],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} >> '${folder}/calls'\nexit ${String(status)}\n`);
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
  it.each([
    ['wholly', ['node']],
    ['partly', ['npm', 'node']],
    ['not', ['npm', 'node']],
  ] as const)('in a clone that is %s installed calls %j', (installed, expected) => {
    const { env, calls } = makeClone({ installed });

    expect(start(env).status).toBe(0);
    expect(calls()).toEqual(expected);
  });

  it('ends where npm fails', () => {
    const { env, calls } = makeClone({ installed: 'not', npmEnds: 1 });

    expect(start(env).status).toBe(1);
    expect(calls()).toEqual(['npm']);
  });
});

it('PowerShell looks for the same file, and ends as the program before it ended', () => {
  const script = readFileSync(join(root, 'scripts', 'deploy.ps1'), 'utf8');
  folder = mkdtempSync(join(tmpdir(), 'deploy-start-'));

  for (const text of [script, hooks.preprovision.windows.run]) {
    expect(text).toMatch(/node_modules\/\.package-lock\.json/);
    expect(text).toMatch(/npm [^;\n]*ci[;\n][^]*if \(\$LASTEXITCODE -ne 0\) \{ exit \$LASTEXITCODE \}/);
  }
  for (const text of [script, hooks.preprovision.windows.run, hooks.postprovision.windows.run])
    expect(text.trim()).toMatch(/exit \$LASTEXITCODE$/);
});
