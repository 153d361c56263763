import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  always,
  identity,
  me,
  newSubscription,
  noOperationsApi,
  operationsClient,
} from './stand-ins/azure-answers';
import { useDeployments } from './stand-ins/deployments';

const root = join(__dirname, '..', '..', '..');

const deployments = useDeployments();
const { deploy, madeResources, commands, standIn, standInForAzure } = deployments;

describe('scripts/deploy.mjs', () => {
  it('goes from a new group to an app that is well, asks Azure in this order, and grants what license-only needs', async () => {
    const standIns = await standInForAzure();

    const { status, stdout, stderr } = await deploy(
      ...['--no-look', '--alert-mail', 'a@contoso.example', '--alert-mail', 'b@contoso.example'],
    );

    expect(stderr).toBe('');
    expect(standIns.refused()).toBe('');
    expect(stdout).toMatch(/App licenser-x, storage account stx, vault kv-x\./);
    expect(stdout).toMatch(/The app is deployed and well/);
    expect(status).toBe(0);
    const order = commands().filter((command, at, all) => command !== all[at - 1]);
    expect(order).toEqual([
      'account show',
      'functionapp list-flexconsumption-locations',
      'deployment group show',
      'ad signed-in-user show',
      'provider show',
      'provider register',
      'provider show',
      'group exists',
      'group create',
      'deployment group create',
      'rest',
      'ad sp show',
      'rest',
      'functionapp deployment source config-zip',
    ]);
    // Who deploys is an operator.
    const [made] = madeResources();
    expect(made?.env['LICENSER_OPERATORS']).toBe(JSON.stringify([{ objectId: me, kind: 'User' }]));
    expect(made?.env['LICENSER_ALERT_EMAILS']).toBe('["a@contoso.example","b@contoso.example"]');
    const posts = standIns.calls().filter(({ args }) => args.includes('POST'));
    expect(posts.map(({ args }) => JSON.parse(args[args.indexOf('--body') + 1] ?? '') as unknown)).toEqual(
      always.map((appRoleId) => ({ principalId: identity, resourceId: 'graph-id', appRoleId })),
    );
  });

  it('switches notifications on with a key that never reaches the command line', async () => {
    const standIns = await standInForAzure();

    const { status } = await deploy('--no-look', '--notifications');

    expect(status).toBe(0);
    const [first, second] = madeResources();
    expect(first?.env).toMatchObject({ LICENSER_NOTIFICATIONS: 'false' });
    expect(first?.env).not.toHaveProperty('NOTIFICATION_KEY');
    expect(second?.env).toMatchObject({ LICENSER_NOTIFICATIONS: 'true', NOTIFICATION_KEY: 'a-key' });
    expect(standIns.calls().some(({ args }) => args.join(' ').includes('a-key'))).toBe(false);
  });

  it('keeps what the last deployment had, and makes no second key', async () => {
    const parameters = {
      notifications: { value: true },
      permissions: { value: 'full' },
      alertEmails: { value: ['a@contoso.example'] },
      operators: { value: [{ objectId: me, kind: 'Group' }] },
      clientState: { value: null },
    };
    const standIns = await standInForAzure([
      { match: '^deployment group show', stdout: JSON.stringify({ state: 'Succeeded', parameters }) },
    ]);

    await deploy('--no-look', '--always-ready', '0');

    expect(madeResources().map(({ env }) => env)).toEqual([
      {
        LICENSER_NOTIFICATIONS: 'true',
        LICENSER_PERMISSIONS: 'full',
        LICENSER_ALERT_EMAILS: '["a@contoso.example"]',
        LICENSER_OPERATORS: JSON.stringify([{ objectId: me, kind: 'Group' }]),
        LICENSER_ALWAYS_READY: '0',
        LICENSER_APP_IS_NEW: 'false',
      },
    ]);
    expect(commands()).not.toContain('functionapp function keys set');
    // full asks for one permission more, which is not granted here.
    expect(standIns.calls().filter(({ args }) => args.includes('POST'))).toHaveLength(5);
  });

  it('makes a new key when notifications are asked for again, without switching them off meanwhile', async () => {
    const parameters = { notifications: { value: true }, operators: { value: [] } };
    await standInForAzure([
      { match: '^deployment group show', stdout: JSON.stringify({ state: 'Succeeded', parameters }) },
    ]);

    await deploy('--no-look', '--notifications');

    expect(
      madeResources().map(({ env }) => [env['LICENSER_NOTIFICATIONS'], env['NOTIFICATION_KEY']]),
    ).toEqual([
      ['true', undefined],
      ['true', 'a-key'],
    ]);
  });

  it('registers the operations API with its roles, and deploys its client id', async () => {
    const standIns = await standIn([...noOperationsApi, ...newSubscription(deployments.origin)]);

    const { status, stderr } = await deploy('--no-look', '--operations-api');

    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(madeResources().map(({ env }) => env['LICENSER_OPERATIONS_CLIENT_ID'])).toEqual([
      undefined,
      operationsClient,
    ]);
    const bodyOf = (path: RegExp, method = 'POST') => {
      const call = standIns.calls().find(({ args }) => args.includes(method) && path.test(args.join(' ')));
      return JSON.parse(call?.args[call.args.indexOf('--body') + 1] ?? 'null') as Record<string, unknown>;
    };
    const made = bodyOf(/v1\.0\/applications /) as {
      appRoles: { value: string; allowedMemberTypes: string[] }[];
    };
    expect(made.appRoles.map(({ value, allowedMemberTypes }) => [value, allowedMemberTypes])).toEqual([
      ['Viewer', ['User', 'Application']],
      ['Operator', ['User', 'Application']],
      ['Approver', ['User']],
    ]);
    expect(made).toMatchObject({
      signInAudience: 'AzureADMyOrg',
      api: { requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{ value: 'Ops.Use' }] },
      spa: { redirectUris: [`${deployments.origin}/api/ui/`] },
    });
    expect(bodyOf(/applications\/obj /, 'PATCH')).toMatchObject({
      identifierUris: [`api://${operationsClient}`],
      api: { preAuthorizedApplications: [{ appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46' }] },
    });
    expect(bodyOf(/servicePrincipals\/sp /, 'PATCH')).toEqual({ appRoleAssignmentRequired: true });
    expect(bodyOf(/appRoleAssignedTo /)).toMatchObject({ principalId: me, resourceId: 'sp' });
  });

  it('only shows what would change when asked to', async () => {
    const standIns = await standInForAzure([{ match: 'what-if', stdout: 'Resource changes: 3 to create.' }]);

    const { status, stdout } = await deploy('--what-if');

    expect(stdout).toMatch(/3 to create/);
    expect(status).toBe(0);
    expect(commands()).not.toContain('deployment group create');
    expect(commands()).not.toContain('group create');
    expect(commands()).not.toContain('provider register');
    // Who looks need not be able to change anything.
    expect(standIns.calls().find(({ args }) => args.includes('what-if'))?.args).toEqual(
      expect.arrayContaining(['--validation-level', 'ProviderNoRbac']),
    );
  });

  it('reads the policy that the caller names, from the caller’s folder', async () => {
    const standIns = await standInForAzure([{ match: 'what-if', stdout: 'No change.' }]);
    const from = (policy: string) =>
      standIns.run(
        join(root, 'scripts', 'deploy.sh'),
        ['--group', 'rg', '--location', 'westeurope', '--what-if', '--policy', policy],
        { cwd: standIns.folder },
      );
    writeFileSync(join(standIns.folder, 'mine.yaml'), readFileSync(join(root, 'policy', 'starter.yaml')));

    const mine = await from('mine.yaml');

    expect([mine.stderr, mine.status]).toEqual(['', 0]);
    expect(await from('policy/starter.yaml')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('policy/starter.yaml cannot be read'),
    });
    expect(await from('')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--policy names no file'),
    });
  });

  it('runs doctor and plan at the end, and says when they find something', async () => {
    await standInForAzure();

    // The outputs name no tenant here, so doctor reaches nothing: it says what is not set.
    const { status, stdout } = await deploy();

    expect(stdout).toMatch(/licenser doctor --target azure[^]*LICENSER_TENANT_ID is not set/);
    expect(stdout).toMatch(/licenser plan --target azure/);
    expect(stdout).toMatch(/doctor or plan found something/);
    expect(status).toBe(1);
  });
});
