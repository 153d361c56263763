import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Answer } from './stand-ins/answer-call';
import { identity, me } from './stand-ins/azure-answers';
import { makeStandIns } from './stand-ins/make-stand-ins';

const root = join(__dirname, '..', '..', '..');
const former = 'aaaaaaaa-0000-4000-8000-00000000a009';
const roles = {
  tables: '76199698-9eea-4c19-bc75-cec21354c6b6',
  bus: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
  logs: '73c42c96-874c-492b-b04d-ab87d138a893',
};
const at = '/subscriptions/s/resourceGroups/rg/providers';
const storage = `${at}/Microsoft.Storage/storageAccounts/stx`;
const bus = `${at}/Microsoft.ServiceBus/namespaces/licenser-bus-x`;
const logs = `${at}/Microsoft.OperationalInsights/workspaces/contoso-logs`;

let standIns: Awaited<ReturnType<typeof makeStandIns>>;
afterEach(() => standIns.remove());
const run = (...args: readonly string[]) =>
  standIns.run(process.execPath, [
    join(root, 'scripts', 'former-operators.mjs'),
    ...['--group', 'rg', '--retry-seconds', '0'],
    ...args,
  ]);
const calls = (words: string) =>
  standIns.calls().flatMap(({ args }) => (args.join(' ').startsWith(words) ? [args.join(' ')] : []));

const assignment = (scope: string, principalId: string, name: string) => ({
  ...{ id: `${scope}/assignments/${name}`, scope, principalId, principalName: `${name}@contoso.example` },
});
const listed = (scope: string, ...found: object[]): Answer => ({
  match: `^role assignment list --scope ${scope} `,
  stdout: JSON.stringify(found),
});
function azure(more: readonly Answer[] = []): readonly Answer[] {
  const shown = {
    parameters: { name: { value: 'contoso' }, operators: { value: [{ objectId: me, kind: 'User' }] } },
    outputs: {
      storageAccountName: { value: 'stx' },
      identityPrincipalId: { value: identity },
      ServiceBusConnection__fullyQualifiedNamespace: { value: 'licenser-bus-x.servicebus.windows.net' },
      LICENSER_OPS_CLIENT_ID: { value: 'client' },
      functionAppUrl: { value: 'https://contoso-x.azurewebsites.net' },
    },
  };
  return [
    ...more,
    { match: '^deployment group show', stdout: JSON.stringify(shown) },
    {
      match: '^account show',
      stdout: '{"id":"s","name":"Contoso","tenantId":"t","user":{"name":"ann","type":"user"}}',
    },
    // One of the resource, one that is inherited from the group, and one of a person who operates.
    listed(
      storage,
      assignment(storage, former, 'old'),
      assignment(storage.split('/providers')[0] ?? '', former, 'inherited'),
      assignment(storage, me, 'ann'),
    ),
    // Operators may not receive (any more); the app itself does.
    listed(bus, assignment(bus, me, 'ann'), assignment(bus, identity, 'app')),
    listed(logs, assignment(logs, me.toUpperCase(), 'ann')),
    { match: '^rest --method GET .*/applications\\?', stdout: '{"value":[{"id":"obj","appId":"client"}]}' },
    { match: '^rest --method GET .*/servicePrincipals\\?', stdout: '{"value":[{"id":"sp"}]}' },
    {
      match: '^rest --method GET .*appRoleAssignedTo',
      stdout: JSON.stringify({
        value: [
          { id: 'r1', principalId: former, appRoleId: '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e02' },
          { id: 'r2', principalId: me, appRoleId: '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e02' },
          { id: 'r3', principalId: former, appRoleId: '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e01' },
        ],
      }),
    },
    { match: '^lock list', stdout: '[{"name":"keep-the-ledger"}]' },
  ];
}

describe('scripts/former-operators.mjs', () => {
  it('lists roles of people who are no operators, and of operators what they may no longer; it changes nothing', async () => {
    standIns = await makeStandIns(azure());

    const { status, stdout, stderr } = await run();

    expect([stderr, status, standIns.refused()]).toEqual(['', 0, '']);
    expect(stdout.trim().split('\n')).toEqual([
      `${former} (old@contoso.example) has Storage Table Data Reader on stx`,
      `${me} (ann@contoso.example) has Azure Service Bus Data Receiver on licenser-bus-x`,
      `${former} has Operator on the operations API`,
      'Nothing was removed: --remove takes these roles away.',
    ]);
    expect(standIns.calls().filter(({ args }) => /delete|create|DELETE|POST/.test(args.join(' ')))).toEqual(
      [],
    );
  });

  it('removes exactly these, and the ledger’s lock is off only meanwhile', async () => {
    standIns = await makeStandIns(azure());

    const { status, stdout } = await run('--remove');

    expect([status, standIns.refused()]).toEqual([0, '']);
    expect(stdout).toMatch(/3 removed\./);
    const changes = standIns
      .calls()
      .map(({ args }) => args.join(' '))
      .filter((line) => /delete|create|DELETE/.test(line));
    expect(changes).toEqual([
      expect.stringMatching(/^lock delete --name keep-the-ledger .*--resource-name stx/),
      `role assignment delete --ids ${storage}/assignments/old`,
      `role assignment delete --ids ${bus}/assignments/ann`,
      expect.stringMatching(
        /^lock create --name keep-the-ledger --lock-type CanNotDelete .*--resource-name stx/,
      ),
      expect.stringMatching(/^rest --method DELETE --url \S+\/servicePrincipals\/sp\/appRoleAssignedTo\/r1 /),
    ]);
  });

  describe('the role of the operations API, which all environments of the tenant share', () => {
    const ofTest = 'aaaaaaaa-0000-4000-8000-00000000a00a';
    const operator = '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e02';
    const prodUrl = 'https://contoso-x.azurewebsites.net';
    const testUrl = 'https://licenser-test-y.azurewebsites.net';
    const test = {
      parameters: { operators: { value: [{ objectId: ofTest.toUpperCase(), kind: 'User' }] } },
      outputs: { functionAppUrl: { value: testUrl } },
    };
    /** A group with two environments, and a registration that these addresses sign people in by. */
    const shared = (addresses: readonly string[], environment: object = test, appId = 'client') =>
      azure([
        { match: '^deployment group list', stdout: '["main","storage","main-licenser-test"]' },
        { match: '^deployment group show .*main-licenser-test', stdout: JSON.stringify(environment) },
        {
          match: '^rest --method GET .*/applications\\?',
          stdout: JSON.stringify({
            value: [{ id: 'obj', appId, spa: { redirectUris: addresses.map((url) => `${url}/api/ui/`) } }],
          }),
        },
        {
          match: '^rest --method GET .*appRoleAssignedTo',
          stdout: JSON.stringify({
            value: [former, me, ofTest].map((principalId) => ({
              ...{ id: `of-${principalId}`, principalId, appRoleId: operator },
            })),
          }),
        },
      ]);
    const removed = () => calls('rest --method DELETE').map((line) => /of-(\S+)/.exec(line)?.[1]);

    it('is left to who operates another environment of the group', async () => {
      standIns = await makeStandIns(shared([prodUrl, testUrl]));

      const { status, stdout } = await run('--remove');

      expect([status, standIns.refused()]).toEqual([0, '']);
      expect(removed()).toEqual([former]);
      expect(stdout).not.toContain(ofTest);
    });

    it.each([
      [
        'an app that is not in this group',
        shared([prodUrl, testUrl, 'https://other.example']),
        'https://other.example/api/ui/',
      ],
      [
        'an environment whose last deployment failed, so that it names no app',
        shared([prodUrl, testUrl], { ...test, outputs: null }),
        testUrl,
      ],
      ['another environment than this one', shared([prodUrl], test, 'another'), 'another'],
    ])('is only listed where the registration serves %s', async (_what, answers, named) => {
      standIns = await makeStandIns(answers);

      const { status, stdout } = await run('--remove');

      expect([status, standIns.refused()]).toEqual([0, '']);
      expect(stdout).toContain(`${former} has Operator on the operations API`);
      expect(stdout).toContain(named);
      expect(stdout).toMatch(/2 removed\./);
      expect(removed()).toEqual([]);
    });

    it('is taken away there only by an option of its own', async () => {
      standIns = await makeStandIns(shared([prodUrl, testUrl, 'https://other.example']));

      await run('--remove', '--shared-role');

      expect(removed()).toEqual([former]);
    });
  });

  it('puts the lock back when a role cannot be removed, and says so', async () => {
    standIns = await makeStandIns(azure([{ match: '^role assignment delete', fail: 'AuthorizationFailed' }]));

    const { status, stderr } = await run('--remove');

    expect([status, stderr]).toEqual([1, expect.stringMatching(/AuthorizationFailed/)]);
    expect(calls('lock create')).toHaveLength(1);
  });

  it('knows the roles that infra/roles.bicep gives to operators, and no other', () => {
    const template = readFileSync(join(root, 'infra', 'roles.bicep'), 'utf8');
    const given = [
      ...template.matchAll(
        /resource operatorOn\w+ [^]*?'Microsoft\.Authorization\/roleDefinitions',\s+(\w+)/g,
      ),
    ].map(([, variable = '']) => new RegExp(`^var ${variable} = '([0-9a-f-]+)'`, 'm').exec(template)?.[1]);

    expect(given.sort()).toEqual(Object.values(roles).sort());
    const source = readFileSync(join(root, 'scripts', 'deploy', 'former-operators.mjs'), 'utf8');
    for (const id of Object.values(roles)) expect(source).toContain(id);
  });
});
