import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeStandIns } from './stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const blocksOf = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const opened: { readonly remove: () => void }[] = [];
// Also after a test that failed: an open server would keep the run from ending.
afterEach(() => {
  for (const standIns of opened.splice(0)) standIns.remove();
});

/**
 * A folder in which every program of the pages is a stand-in: `az` and `azd` know Microsoft's reference, the project's
 * scripts are asked for their own reading of the arguments, and the rest notes what it was called with.
 */
async function makeShell() {
  const outputs = { functionAppName: 'licenser-x', storageAccountName: 'stx', keyVaultName: 'kv-x' };
  const asOutputs = Object.entries(outputs).map(([name, value]) => [name, { value }]);
  const standIns = await makeStandIns([
    { match: '^deployment group show .*identityPrincipalId', stdout: 'principal\n' },
    { match: '^deployment group show', stdout: JSON.stringify(Object.fromEntries(asOutputs)) },
    { match: '^ad sp show', stdout: 'graph\n' },
  ]);
  opened.push(standIns);
  const here = join(standIns.folder, 'clone');
  mkdirSync(join(here, 'scripts'), { recursive: true });
  mkdirSync(join(here, 'policy'));
  writeFileSync(join(here, 'policy', 'starter.yaml'), read('policy/starter.yaml'));
  const argumentsFile = join(root, 'scripts', 'deploy', 'arguments.mjs');
  writeFileSync(
    join(here, 'scripts', 'deploy.sh'),
    `#!/bin/sh\nexec '${process.execPath}' --input-type=module -e "
      import { readArguments } from '${argumentsFile}';
      readArguments(process.argv.slice(1));
    " -- "$@"\n`,
    { mode: 0o755 },
  );
  // `node scripts/X.mjs` must be a script of the project that has these options. What azure-env.mjs prints is evaluated by
  // the shell, so that one runs.
  const node = process.execPath;
  standIns.add(
    'node',
    `[ -f '${root}'/"$1" ] || { echo "no script $1" >&2; exit 1; }
    [ "$1" != scripts/azure-env.mjs ] || { cd '${root}'; exec '${node}' "$@"; }
    for word in "$@"; do case "$word" in --*) grep -qE "^ +'?\${word#--}'?: \\{ type" '${root}'/"$1" || { echo "$1 has no option $word" >&2; exit 1; };; esac; done`,
  );
  standIns.add(
    'npm',
    `case "$1 $2 $3" in ci*) ;; run*) for word in "$@"; do case " ${Object.keys(scripts).join(' ')} " in *" $word "*) exit 0;; esac; done; echo "no such script: $*" >&2; exit 1;; *) exit 1;; esac`,
  );
  for (const name of ['git', 'curl']) standIns.add(name, 'exit 0');
  return { standIns, here };
}

describe.each(['docs/deploy.md', 'docs/permissions.md'])('the commands of %s', (page) => {
  it('are accepted by what they call, every one', async () => {
    const { standIns, here } = await makeShell();
    const blocks = blocksOf(page, 'bash');
    expect(blocks.length).toBeGreaterThan(1);

    // One after the other in one shell, as a reader types them: variables and functions stay.
    const { status, stderr } = await standIns.run('bash', ['-c', `set -eu\n${blocks.join('\n')}`], {
      cwd: here,
    });

    expect(standIns.refused()).toBe('');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(standIns.calls().length).toBeGreaterThan(3);
  });
});

describe('docs/deploy.md', () => {
  it('has no placeholder in a command: every name comes from a command before', () => {
    const commands = [...blocksOf('docs/deploy.md', 'bash'), ...blocksOf('docs/deploy.md', 'powershell')];

    expect(commands.join('').match(/(?<![\w$"{])[A-Z]{3,}(?![\w=]|\s*=)/g) ?? []).toEqual([]);
  });

  it('notices a command that Azure does not have', async () => {
    const { standIns, here } = await makeShell();

    const { status } = await standIns.run('bash', ['-c', 'set -e; az functionapp publish --name APP'], {
      cwd: here,
    });

    expect(status).toBe(2);
    expect(standIns.refused()).toMatch(/az functionapp publish --name APP: no such command/);
  });

  it('gives PowerShell the same commands as Bash', () => {
    const bash = blocksOf('docs/deploy.md', 'bash').join('\n');
    const lines = blocksOf('docs/deploy.md', 'powershell').flatMap((block) => block.trim().split('\n'));

    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      const inBash = line
        .replace('.ps1', '.sh')
        .replace('Copy-Item', 'cp')
        .replace(/^(node .*) --shell powershell \| Out-String \| Invoke-Expression$/, 'eval "$($1)"');
      expect(bash).toContain(inBash);
    }
  });

  it('names every alert, and no other', () => {
    const rules = JSON.parse(read('infra/modules/alerts.json')) as { name: string }[];
    const metricAlerts = [
      ...read('infra/modules/alerts.bicep').matchAll(/metricAlerts@[^]*?name: '\$\{name\}-([\w-]+)'/g),
    ];
    const [, table = ''] = /## 4\. Who is woken\n([^]*?)\n## /.exec(read('docs/deploy.md')) ?? [];

    const documented = [...table.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name]) => name);

    expect(documented.sort()).toEqual(
      [...rules.map(({ name }) => name), ...metricAlerts.map(([, name]) => name)].sort(),
    );
  });

  it('names every provider that the script registers', async () => {
    const { standIns } = await makeShell();
    const { stdout } = await standIns.run(process.execPath, [
      '--input-type=module',
      '-e',
      `import { providers } from '${join(root, 'scripts/deploy/prepare.mjs')}'; console.log(providers.join('\\n'));`,
    ]);

    const providers = stdout.trim().split('\n');
    expect(providers.length).toBeGreaterThan(5);
    expect(providers.filter((name) => !read('docs/deploy.md').includes(`\`${name}\``))).toEqual([]);
    // And every one that a template uses is registered.
    const used = new Set(
      [...read('infra/check/everything.snapshot.json').matchAll(/"type": "(Microsoft\.\w+)\//g)].map(
        ([, name]) => name,
      ),
    );
    expect(
      [...used].filter((name = '') => name !== 'Microsoft.Authorization' && !providers.includes(name)),
    ).toEqual([]);
  });
});
