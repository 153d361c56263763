import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import reference from './stand-ins/cli-reference.json';
import { makeStandIns } from './stand-ins/make-stand-ins';
import type { Answer } from './stand-ins/answer-call';

const root = join(__dirname, '..', '..', '..');
const account = { id: 'sub-1', name: 'Contoso', tenantId: 'tenant-1', user: { name: 'ann', type: 'user' } };
const azure = (known: { app: boolean; subjects: readonly string[] }): readonly Answer[] => [
  { match: '^account show', stdout: JSON.stringify(account) },
  { match: '^ad app list .*deployment', stdout: known.app ? '["app-1"]' : '[]' },
  { match: '^ad app list .*what-if', stdout: known.app ? '["app-2"]' : '[]' },
  { match: '^ad app create .*deployment', stdout: 'app-1\n' },
  { match: '^ad app create .*what-if', stdout: 'app-2\n' },
  { match: '^ad app federated-credential list', stdout: JSON.stringify(known.subjects) },
  { match: '^ad sp show --id app-1', stdout: 'principal-1\n' },
  { match: '^ad sp show --id app-2', stdout: 'principal-2\n' },
  { match: '^role definition list', stdout: known.app ? '["role-1"]' : '[]' },
  { match: '^api users/ann ', stdout: '4711\n' },
  { match: '^api orgs/contoso/teams/it ', stdout: '42\n' },
];

let standIns: Awaited<ReturnType<typeof makeStandIns>>;
afterEach(() => standIns.remove());
const where = ['--repository', 'contoso/licenser', '--group', 'rg-licenser', '--location', 'westeurope'];
const identify = (...args: readonly string[]) =>
  standIns.run(process.execPath, [join(root, 'scripts', 'github-identity.mjs'), ...args]);
const calls = (words: string) => standIns.calls().filter(({ args }) => args.join(' ').startsWith(words));
const valueOf = (args: readonly string[] | undefined, option: string) => args?.[args.indexOf(option) + 1];
const fieldsOf = (args: readonly string[] | undefined) =>
  (args ?? []).filter((_arg, at, all) => all[at - 1] === '--field');

describe('scripts/github-identity.mjs', () => {
  it('makes two identities without a secret: one deploys, one for pull requests only looks', async () => {
    standIns = await makeStandIns(azure({ app: false, subjects: [] }));

    const { status, stdout } = await identify(...where);

    expect(standIns.refused()).toBe('');
    expect(status).toBe(0);
    expect(
      calls('ad app federated-credential create').map(
        ({ args }) => JSON.parse(valueOf(args, '--parameters') ?? '') as unknown,
      ),
    ).toEqual(
      ['azure', 'azure-what-if'].map((environment) => ({
        name: `github-${environment}`,
        issuer: 'https://token.actions.githubusercontent.com',
        subject: `repo:contoso/licenser:environment:${environment}`,
        audiences: ['api://AzureADTokenExchange'],
      })),
    );
    const roles = calls('role assignment create').map(({ args }) => [
      valueOf(args, '--role'),
      valueOf(args, '--assignee-object-id'),
      valueOf(args, '--scope'),
    ]);
    const scope = '/subscriptions/sub-1/resourceGroups/rg-licenser';
    expect(roles).toEqual([
      ['Contributor', 'principal-1', scope],
      ['Role Based Access Control Administrator', 'principal-1', scope],
      ['Licenser what-if in rg-licenser', 'principal-2', scope],
    ]);
    // The pipeline assigns the roles of the templates, and can make itself no owner.
    const conditions = calls('role assignment create').map(({ args }) =>
      args.includes('--condition') ? (valueOf(args, '--condition') ?? '') : '',
    );
    expect([conditions[0], conditions[2]]).toEqual(['', '']);
    const allowed = new Set(conditions[1]?.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g));
    const template = readFileSync(join(root, 'infra', 'roles.bicep'), 'utf8');
    expect([...allowed].sort()).toEqual(
      [...template.matchAll(/^var \w+ = '([0-9a-f-]{36})'/gm)].map(([, id]) => id).sort(),
    );
    const [definition] = calls('role definition create');
    expect(JSON.parse(valueOf(definition?.args, '--role-definition') ?? '')).toMatchObject({
      Actions: [
        '*/read',
        'Microsoft.Resources/deployments/validate/action',
        'Microsoft.Resources/deployments/whatIf/action',
      ],
      AssignableScopes: [scope],
    });
    expect(standIns.calls().filter(({ args }) => /credential reset|password/.test(args.join(' ')))).toEqual(
      [],
    );
    for (const line of ['AZURE_CLIENT_ID=app-1', 'AZURE_CLIENT_ID=app-2', 'AZURE_TENANT_ID=tenant-1'])
      expect(stdout).toContain(line);
    // Without a reviewer GitHub is left alone.
    expect(standIns.calls().filter(({ name }) => name === 'gh')).toEqual([]);
  });

  it.each([
    ['ann', 'User', '4711'],
    ['contoso/it', 'Team', '42'],
  ])('has %s approve each deployment of a tag, and sets the variables', async (reviewer, type, id) => {
    standIns = await makeStandIns(azure({ app: true, subjects: [] }));

    const { status, stderr } = await identify(
      ...[...where, '--reviewer', reviewer, '--policy-file', 'policy/contoso.yaml'],
    );

    expect([stderr, status, standIns.refused()]).toEqual(['', 0, '']);
    const path = 'api repos/contoso/licenser/environments/azure';
    const [protection] = calls(`${path} --method PUT`);
    expect(fieldsOf(protection?.args)).toEqual([
      `reviewers[][type]=${type}`,
      `reviewers[][id]=${id}`,
      'deployment_branch_policy[protected_branches]=false',
      'deployment_branch_policy[custom_branch_policies]=true',
    ]);
    expect(fieldsOf(calls(`${path}/deployment-branch-policies --method POST`)[0]?.args)).toEqual([
      'name=v*',
      'type=tag',
    ]);
    const variables = calls('variable set').map(
      ({ args }) => `${String(valueOf(args, '--env'))} ${String(args[2])}=${String(valueOf(args, '--body'))}`,
    );
    const common = (environment: string) =>
      [
        'AZURE_TENANT_ID=tenant-1',
        'AZURE_SUBSCRIPTION_ID=sub-1',
        'LICENSER_GROUP=rg-licenser',
        'LICENSER_LOCATION=westeurope',
      ].map((line) => `${environment} ${line}`);
    expect(variables).toEqual([
      'azure AZURE_CLIENT_ID=app-1',
      ...common('azure'),
      'azure LICENSER_POLICY_FILE=policy/contoso.yaml',
      'azure-what-if AZURE_CLIENT_ID=app-2',
      ...common('azure-what-if'),
    ]);
  });

  it('may run again: what is there stays', async () => {
    standIns = await makeStandIns([
      { match: 'deployment-branch-policies --jq', stdout: 'main\nv*\n' },
      ...azure({
        app: true,
        subjects: ['production', 'production-what-if'].map(
          (environment) => `repo:contoso/licenser:environment:${environment}`,
        ),
      }),
    ]);

    const { status, stdout } = await identify(
      ...[...where, '--environment', 'production', '--reviewer', 'ann'],
    );

    expect(status).toBe(0);
    // Signing in goes by the name of the environment, which the workflow says.
    expect(stdout).toContain('write yours into .github/workflows/deploy.yml');
    for (const words of [
      'ad app create',
      'ad sp create',
      'ad app federated-credential create',
      'role definition create',
    ])
      expect(calls(words)).toEqual([]);
    expect(standIns.calls().filter(({ args }) => args.includes('POST'))).toEqual([]);
  });

  it('says how it is called, and what Azure and GitHub refuse', async () => {
    standIns = await makeStandIns([
      { match: '^account show', fail: 'Please run az login', times: 1 },
      { match: '^api users/none ', fail: 'gh: Not Found (HTTP 404)' },
      ...azure({ app: true, subjects: [] }),
    ]);

    expect(await identify('--repository', 'no-owner', '--group', 'rg')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage:'),
    });
    expect(await identify(...where)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('az login'),
    });
    expect(await identify(...where, '--reviewer', 'none')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Not Found'),
    });
  });
});

describe('the extract of the reference', () => {
  it('says of every command where it was read, and when', () => {
    for (const [program, { source, date, commands }] of Object.entries(reference)) {
      expect([program, source, date]).toEqual([
        program,
        expect.stringMatching(/^https:\/\/github\.com\/(MicrosoftDocs|Azure|cli)\//),
        expect.stringMatching(/^202\d-\d\d-\d\d$/),
      ]);
      for (const [name, command] of Object.entries(commands)) {
        const own = command as { source?: string; date?: string; page?: string };
        // The page is a file of the program's source.
        expect([name, own.source !== undefined ? own.date : own.page]).toEqual([
          name,
          expect.stringMatching(/^(202\d-\d\d-\d\d|[\w/-]+\.yml)$/),
        ]);
      }
    }
  });
});
