import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeStandIns } from './stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');

/** $PWSH, the one on the PATH, or the one that .ci/run brings from NuGet where `dotnet` is there. */
const pwsh = [
  process.env['PWSH'] ?? '',
  ...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'pwsh')),
  join(root, '.build', 'powershell', 'pwsh'),
].find((path) => path !== '' && existsSync(path));

/** A block of the page with the language `powershell`. */
const blocks = [
  ...readFileSync(join(root, 'docs/deploy.md'), 'utf8').matchAll(/^```powershell\n([^]*?)^```/gm),
].map(([, text = '']) => text);

const opened: { readonly remove: () => void }[] = [];
// Also after a test that failed: an open server would keep the run from ending.
afterEach(() => {
  for (const standIns of opened.splice(0)) standIns.remove();
});

it('the page shows the commands for PowerShell, too', () => {
  expect(blocks.length).toBeGreaterThan(1);
});

// Without PowerShell nothing else can be said here; the script's steps are compared with Bash's in deploy.test.ts.
const withPwsh = (define: () => void) => {
  if (pwsh !== undefined) describe('PowerShell', define);
};
withPwsh(() => {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    DOTNET_NOLOGO: '1',
    POWERSHELL_TELEMETRY_OPTOUT: '1',
  };
  const parse = (texts: readonly string[]) => {
    const script = texts
      .map(
        (text) =>
          `$problems = $null; [void][System.Management.Automation.Language.Parser]::ParseInput(@'\n${text}\n'@, [ref]$null, [ref]$problems); $problems | ForEach-Object { $_.Message }`,
      )
      .join('\n');
    return spawnSync(pwsh ?? '', ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', script], {
      encoding: 'utf8',
      env: { ...env, HOME: join(root, '.build') },
    });
  };

  it('parses the script and what the page says to type', () => {
    const { stdout, status } = parse([readFileSync(join(root, 'scripts/deploy.ps1'), 'utf8'), ...blocks]);

    expect([status, stdout.trim()]).toEqual([0, '']);
  });

  it('finds a script that is broken', () => {
    expect(parse(['if (-not (Test-Path x) { npm ci }']).stdout).toMatch(/Missing closing/);
  });

  it('runs the script to the deployment, with its arguments as they were typed, and ends as that ends', async () => {
    const standIns = await makeStandIns([{ match: '^account show', fail: 'Please run az login' }]);
    opened.push(standIns);
    const run = (...args: readonly string[]) =>
      standIns.run(pwsh ?? '', [
        '-NoLogo',
        '-NoProfile',
        '-File',
        join(root, 'scripts', 'deploy.ps1'),
        ...args,
      ]);

    const refused = await run('--group', 'rg licenser', '--location', 'westeurope');

    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('Run "az login"') });
    expect(standIns.calls().map(({ args }) => args.slice(0, 2).join(' '))).toEqual(['account show']);
  });

  it('puts what azure-env.mjs prints into the environment, quotes and all', async () => {
    const outputs = {
      LICENSER_TENANT_ID: { value: "it's" },
      LICENSER_OPS_URL: { value: 'https://x.example' },
    };
    const standIns = await makeStandIns([
      { match: '^deployment group show', stdout: JSON.stringify(outputs) },
    ]);
    opened.push(standIns);
    const command = `node '${join(root, 'scripts', 'azure-env.mjs')}' --group rg-licenser --shell powershell | Out-String | Invoke-Expression; "$env:LICENSER_TENANT_ID $env:LICENSER_OPS_URL"`;

    const { stdout } = await standIns.run(pwsh ?? '', ['-NoLogo', '-NoProfile', '-Command', command]);

    expect(stdout.trim()).toBe("it's https://x.example");
  });
});
