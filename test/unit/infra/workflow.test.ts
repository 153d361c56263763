import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from '@jest/globals';
import { makeStandIns } from './stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');
const text = readFileSync(join(root, '.github', 'workflows', 'deploy.yml'), 'utf8');
type Step = {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
};
type Job = {
  readonly environment?: string;
  readonly steps: readonly Step[];
  readonly if?: string;
  readonly needs?: readonly string[];
  readonly concurrency?: { readonly group: string };
};
const { jobs } = parse(text) as { jobs: Readonly<Record<string, Job>> };
const deploySteps = ['what-if', 'deploy'].flatMap((job) =>
  (jobs[job]?.steps ?? []).flatMap((step) => (step.run?.includes('deploy.sh') ? [[job, step] as const] : [])),
);

/** Runs a step's command as the workflow's shell does, with a deploy.sh that prints how the options are read. */
async function runStep(step: Step, vars: Readonly<Record<string, string>>) {
  const standIns = await makeStandIns([]);
  mkdirSync(join(standIns.folder, 'scripts'));
  symlinkSync(join(root, 'node_modules'), join(standIns.folder, 'node_modules'));
  const module = join(root, 'scripts', 'deploy', 'arguments.mjs');
  writeFileSync(
    join(standIns.folder, 'scripts', 'deploy.sh'),
    `#!/bin/sh\nexec '${process.execPath}' --input-type=module -e "
      import { readArguments } from '${module}';
      console.log(JSON.stringify(readArguments(process.argv.slice(1))));
    " -- "$@"\n`,
    { mode: 0o755 },
  );
  const env = Object.fromEntries(
    Object.entries(step.env ?? {}).map(([name, value]) => [
      name,
      value.replace(/\$\{\{ vars\.(\w+) \}\}/, (_all, variable: string) => vars[variable] ?? ''),
    ]),
  );
  const run = await standIns.run('bash', ['-e', '-c', step.run ?? ''], { cwd: standIns.folder, env });
  standIns.remove();
  return { ...run, read: run.status === 0 ? (JSON.parse(run.stdout) as Record<string, unknown>) : null };
}

describe('.github/workflows/deploy.yml', () => {
  const vars = { LICENSER_GROUP: 'rg licenser', LICENSER_LOCATION: 'westeurope' };

  it('shows what would change for pull requests with an identity of its own, and deploys tags with another', () => {
    expect(deploySteps.map(([job]) => job)).toEqual(['what-if', 'deploy']);
    expect([jobs['what-if']?.environment, jobs['deploy']?.environment]).toEqual(['azure-what-if', 'azure']);
    // Nothing that a pull request may run reaches the environment that deploys.
    expect(jobs['deploy']?.if).toBe("github.event_name == 'push'");
    expect(text).toMatch(/push:\n {4}tags: \['v\*'\]/);
    expect(text).not.toMatch(/secrets\./);
  });

  it('works with and without a policy of its own', async () => {
    const [, deploy = {}] = deploySteps[1] ?? [];

    const without = await runStep(deploy, vars);
    const withOne = await runStep(deploy, { ...vars, LICENSER_POLICY_FILE: 'policy/my rules.yaml' });

    expect([without.status, without.stderr]).toEqual([0, '']);
    expect(without.read).toMatchObject({
      group: 'rg licenser',
      mayGrant: false,
      leavesLock: true,
    });
    // A choice would be that of later deployments, too.
    expect(without.read).not.toHaveProperty('asked.lockLedger');
    expect(without.read).not.toHaveProperty('policy');
    expect(withOne.read).toMatchObject({ policy: 'policy/my rules.yaml' });
  });

  it('only looks for a pull request, and says which variable is missing', async () => {
    const [, look = {}] = deploySteps[0] ?? [];

    expect((await runStep(look, vars)).read).toMatchObject({ isWhatIf: true });
    expect(await runStep(look, { LICENSER_LOCATION: 'westeurope' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('--group is missing'),
    });
  });

  it('brings what `npm test` needs where CI is set, as the gate does', () => {
    const gate = readFileSync(join(root, '.ci', 'run'), 'utf8');
    const packagesOf = (command: string) =>
      (/apt-get install[^]*?(?:--no-install-recommends)(?: \\\n)?([a-z0-9\s-]+)/.exec(command)?.[1] ?? '')
        .split(/\s+/)
        .filter((name) => name !== '');
    const steps = (jobs['test']?.steps ?? []).map(({ run = '' }) => run);
    const installs = steps.findIndex((run) => run.includes('apt-get install'));
    // Only `npm run test:browser` opens a browser, which the workflow leaves to the gate.
    const needed = packagesOf(gate).filter((name) => name !== 'chromium');

    expect(needed.length).toBeGreaterThan(3);
    expect(packagesOf(steps[installs] ?? '').sort()).toEqual(needed.sort());
    expect(installs).toBeLessThan(steps.indexOf('npm test'));
  });

  it('checks the templates with the compiler that their snapshots are made with, whatever the runner has', () => {
    const last = jobs['templates']?.steps.at(-1);
    const folder = mkdtempSync(join(tmpdir(), 'compiler-'));
    for (const name of ['bicep', 'chosen']) writeFileSync(join(folder, name), '');
    const code = `
      import { findCompiler } from './scripts/bicep/find-compiler.mjs';
      const [folder] = process.argv.slice(1);
      const onPath = { PATH: folder, AZURE_CONFIG_DIR: folder };
      const chosen = { ...onPath, BICEP: folder + '/chosen' };
      const find = (env, fromNuGet) => findCompiler(folder, { env, mayRestore: false, fromNuGet }).path ?? null;
      const found = [find(onPath), find(chosen), find(onPath, true), find(chosen, true)];
      process.stdout.write(JSON.stringify(found));`;
    const found = execFileSync(process.execPath, ['--input-type=module', '-e', code, folder], {
      cwd: root,
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });

    expect(last?.run).toBe('npm run check:infra -- --require-compiler --from-nuget');
    expect(last?.env).toEqual({ DOTNET_NUGET_SIGNATURE_VERIFICATION: 'true' });
    expect(JSON.parse(found)).toEqual([join(folder, 'bicep'), join(folder, 'chosen'), null, null]);
  });

  it('runs no file that it has fetched without a look at its checksum', () => {
    const fetching = Object.values(jobs)
      .flatMap(({ steps }) => steps.map(({ run = '' }) => run))
      .filter((run) => /\b(?:curl|wget)\b/.test(run));

    expect(fetching.filter((run) => !/\bsha(?:256|512)sum (?:-c|--check)\b/.test(run))).toEqual([]);
  });

  it('deploys only what both have passed', () => {
    for (const job of ['what-if', 'deploy']) expect(jobs[job]?.needs).toEqual(['templates', 'test']);
  });

  it('keeps the package for 90 days, though it lies in a hidden folder', () => {
    const keeps = (jobs['deploy']?.steps ?? []).find(({ uses }) =>
      uses?.startsWith('actions/upload-artifact@'),
    );

    expect(keeps?.with?.['path']).toMatch(/^\.build\/package\.zip$/m);
    // https://github.com/actions/upload-artifact#uploading-hidden-files
    expect(keeps?.with).toMatchObject({
      'include-hidden-files': true,
      'if-no-files-found': 'error',
      'retention-days': 90,
    });
  });

  it('deploys one tag at a time', () => {
    expect(jobs['deploy']?.concurrency?.group).not.toMatch(/\$\{\{/);
    expect(jobs['deploy']?.concurrency?.group).toBeDefined();
  });

  it('reads variables that docs/deploy.md lists, all and no other', () => {
    const page = readFileSync(join(root, 'docs', 'deploy.md'), 'utf8');
    const [, section = ''] = /## 8\. From GitHub\n([^]*?)\n## /.exec(page) ?? [];
    const listed = [...section.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name);
    const used = new Set([...text.matchAll(/vars\.(\w+)/g)].map(([, name]) => name));

    expect(listed.sort()).toEqual([...used].sort());
  });
});
