import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../unit/infra/stand-ins/answer-call';
import { me, newSubscription } from '../../unit/infra/stand-ins/azure-answers';
import { makeStandIns } from '../../unit/infra/stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');
const script = join(root, 'scripts', 'deploy.mjs');
type Environment = Readonly<Record<string, string>>;

let standIns: Awaited<ReturnType<typeof makeStandIns>>;

afterEach(() => standIns.remove());

const azure = (more: readonly Answer[] = []) => newSubscription('http://127.0.0.1:9', more);
const startingWith = (...words: string[]) =>
  standIns.calls().filter(({ args }) => words.every((word, at) => args[at] === word));
const place = { AZURE_LOCATION: 'uksouth', AZURE_RESOURCE_GROUP: 'rg-azd' };
const hook = (which: 'check', env: Environment) => standIns.run(process.execPath, [script, which], { env });
/** Variables that the hooks have put into azd's environment. */
const azdValues = (): Environment =>
  Object.fromEntries(startingWith('env', 'set').map(({ args }) => [args[2] ?? '', args[3] ?? '']));

describe('azd’s hook before the resources', () => {
  it('makes who deploys an operator, unless operators were named', async () => {
    standIns = await makeStandIns(azure());

    const first = await hook('check', { ...place, AZURE_PRINCIPAL_ID: me });
    const second = await hook('check', { ...place, LICENSER_OPERATORS: '[]' });

    expect([first.status, second.status]).toEqual([0, 0]);
    expect(
      standIns
        .calls()
        .filter(({ name, args }) => name === 'azd' && args[2] !== 'LICENSER_LOCATION')
        .map(({ args }) => args),
    ).toEqual([['env', 'set', 'LICENSER_OPERATORS', JSON.stringify([{ objectId: me, kind: 'User' }])]]);
    // The group may be elsewhere: the resources are made where azd was told.
    expect(azdValues()['LICENSER_LOCATION']).toBe('uksouth');
  });

  it('keeps what the script had chosen, so that azd makes the same resources', async () => {
    const parameters = {
      permissions: { value: 'full' },
      instanceMemoryMB: { value: 512 },
      notifications: { value: true },
      operators: { value: [{ objectId: me, kind: 'Group' }] },
      extraSettings: { value: { LICENSER_OBJECTIVE: 'p95 300s' } },
    };
    standIns = await makeStandIns(
      azure([
        { match: '^deployment group show', stdout: JSON.stringify({ state: 'Succeeded', parameters }) },
      ]),
    );

    const { status } = await hook('check', { ...place, LICENSER_INSTANCE_MEMORY_MB: '4096' });

    expect(status).toBe(0);
    expect(azdValues()).toEqual({
      LICENSER_PERMISSIONS: 'full',
      LICENSER_NOTIFICATIONS: 'true',
      LICENSER_OPERATORS: JSON.stringify([{ objectId: me, kind: 'Group' }]),
      LICENSER_EXTRA_SETTINGS: '{"LICENSER_OBJECTIVE":"p95 300s"}',
    });
  });

  it.each([
    [{}, /AZURE_LOCATION is not set: azd env set/],
    [{ AZURE_LOCATION: 'uksouth' }, /AZURE_RESOURCE_GROUP is not set/],
    [
      { ...place, LICENSER_QUOTA_SHARE_PERCENT: '0' },
      /--quota-share \(LICENSER_QUOTA_SHARE_PERCENT\) must be/,
    ],
    [{ ...place, LICENSER_TAGS: 'team' }, /LICENSER_TAGS must be JSON/],
    [{ ...place, LICENSER_WEBHOOK: 'true' }, /put its URL, https, into the variable LICENSER_WEBHOOK_URL/],
    [{ ...place, LICENSER_POLICY: 'policy/licensing.yaml' }, /has the rules of the sample/],
  ] as const)('refuses %j before anything is made', async (env, message) => {
    standIns = await makeStandIns(azure());

    const run = await hook('check', env);

    expect(run.stderr).toMatch(message);
    expect(run.status).toBeGreaterThan(0);
    expect(startingWith('group', 'create')).toEqual([]);
  });
});

describe('scripts/azure-env.mjs', () => {
  it('finds the environment of a group by its name, and says when its deployment failed', async () => {
    standIns = await makeStandIns([
      { match: '^deployment group show .*parameters.name.value', stdout: 'licenser\n' },
      { match: '--name main-test ', stdout: 'null' },
    ]);

    const run = await standIns.run(process.execPath, [
      join(root, 'scripts', 'azure-env.mjs'),
      ...['--group', 'rg', '--name', 'test'],
    ]);

    expect(run).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('it failed') });
  });

  it.each([
    [
      'bash',
      [
        'unset ServiceBusConnection__fullyQualifiedNamespace',
        "export LICENSER_TENANT_ID='it'\\''s'",
        ...['unset LICENSER_TABLES_ENDPOINT', 'unset LICENSER_OPS_URL', 'unset LICENSER_OPS_CLIENT_ID'],
        ...["export LICENSER_GROUP='rg'", "export LICENSER_APP='x'"],
        ...['unset LICENSER_STORAGE_ACCOUNT', 'unset LICENSER_VAULT'],
      ],
    ],
    [
      'powershell',
      [
        'Remove-Item Env:ServiceBusConnection__fullyQualifiedNamespace -ErrorAction Ignore',
        "$env:LICENSER_TENANT_ID = 'it''s'",
        'Remove-Item Env:LICENSER_TABLES_ENDPOINT -ErrorAction Ignore',
        'Remove-Item Env:LICENSER_OPS_URL -ErrorAction Ignore',
        'Remove-Item Env:LICENSER_OPS_CLIENT_ID -ErrorAction Ignore',
        ...["$env:LICENSER_GROUP = 'rg'", "$env:LICENSER_APP = 'x'"],
        'Remove-Item Env:LICENSER_STORAGE_ACCOUNT -ErrorAction Ignore',
        'Remove-Item Env:LICENSER_VAULT -ErrorAction Ignore',
      ],
    ],
  ])(
    'prints for %s what the CLI and the commands of docs/deploy.md need, quoted, and takes away what there is not',
    async (shell, lines) => {
      standIns = await makeStandIns([
        {
          match: '^deployment group show',
          stdout: JSON.stringify({ LICENSER_TENANT_ID: { value: "it's" }, functionAppName: { value: 'x' } }),
        },
      ]);

      const { stdout, status } = await standIns.run(process.execPath, [
        join(root, 'scripts', 'azure-env.mjs'),
        ...['--group', 'rg', '--shell', shell],
      ]);

      expect(stdout).toBe(`${lines.join('\n')}\n`);
      expect(status).toBe(0);
    },
  );
});
