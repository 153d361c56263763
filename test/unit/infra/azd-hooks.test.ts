import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeStandIns } from './stand-ins/make-stand-ins';
import type { Answer } from './stand-ins/answer-call';

const root = join(__dirname, '..', '..', '..');
const me = 'aaaaaaaa-0000-4000-8000-00000000a001';
const identity = 'aaaaaaaa-0000-4000-8000-00000000c001';
const always = [
  '5facf0c1-8979-4e95-abcf-ff3d079771c0',
  'e2f98668-2877-4f38-a2f4-8202e0717aa1',
  'df021288-bdef-4463-88db-98f22de89214',
  '98830695-27a2-44f7-8c18-0c3ebc9698f6',
];

/** The app's health function, as it answers while it is made and later. */
let health: Server;
let answersBeforeWell = 0;
let origin = '';
let standIns: Awaited<ReturnType<typeof makeStandIns>>;

beforeAll(async () => {
  health = createServer((_request, response) => {
    response.statusCode = answersBeforeWell-- > 0 ? 503 : 200;
    response.end('{"ok":true}');
  });
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((health.address() as AddressInfo).port)}`;
});
afterAll(() => new Promise((resolve) => health.close(resolve)));
beforeEach(() => {
  answersBeforeWell = 0;
});
afterEach(() => standIns.remove());

const tsv = (text: string) => `${text}\n`;
const granted = (ids: readonly string[]) =>
  JSON.stringify({ value: ids.map((appRoleId) => ({ appRoleId })) });

function azure(more: readonly Answer[] = []): readonly Answer[] {
  const outputs = Object.entries({
    functionAppName: 'licenser-x',
    functionAppUrl: origin,
    identityPrincipalId: identity,
    LICENSER_OPS_CLIENT_ID: '',
  }).map(([name, value]) => [name, { type: 'String', value }]);
  return [
    ...more,
    {
      match: '^account show',
      stdout: JSON.stringify({
        id: 's',
        name: 'Contoso',
        tenantId: 't',
        user: { name: 'ann', type: 'user' },
      }),
    },
    { match: 'list-flexconsumption-locations', stdout: '[{"name":"West Europe"},{"name":"uksouth"}]' },
    { match: '^provider show .*Microsoft.App ', stdout: tsv('NotRegistered') },
    { match: '^provider show', stdout: tsv('Registered') },
    { match: '^group exists', stdout: tsv('false') },
    { match: '^deployment group show', fail: 'ResourceGroupNotFound', times: 1 },
    { match: '^deployment group create', stdout: JSON.stringify(Object.fromEntries(outputs)) },
    { match: '^ad signed-in-user show', stdout: tsv(me) },
    { match: '^ad sp show', stdout: tsv('graph-id') },
    { match: '^rest --method GET .*appRoleAssignments', stdout: granted([]), times: 1 },
    { match: '^rest --method GET .*appRoleAssignments', stdout: granted(always) },
    { match: 'keys set', stdout: tsv('a-key') },
  ];
}
const commands = () =>
  standIns.calls().map(({ args }) => {
    const end = args.findIndex((arg) => arg.startsWith('-'));
    return args.slice(0, end === -1 ? undefined : end).join(' ');
  });

describe('azd’s hooks', () => {
  it('check makes who deploys an operator, unless operators were named', async () => {
    standIns = await makeStandIns(azure());
    const check = (env: Record<string, string>) =>
      standIns.run(process.execPath, [join(root, 'scripts', 'deploy.mjs'), 'check'], { env });

    const place = { AZURE_LOCATION: 'uksouth', AZURE_RESOURCE_GROUP: 'rg-azd' };
    const first = await check({ ...place, AZURE_PRINCIPAL_ID: me });
    const second = await check({ ...place, LICENSER_OPERATORS: '[]' });

    expect([first.status, second.status]).toEqual([0, 0]);
    expect(standIns.calls().filter(({ name }) => name === 'azd')).toEqual([
      expect.objectContaining({
        args: ['env', 'set', 'LICENSER_OPERATORS', JSON.stringify([{ objectId: me, kind: 'User' }])],
      }),
    ]);
  });

  it.each([
    [{}, /AZURE_LOCATION is not set: azd env set/],
    [{ AZURE_LOCATION: 'uksouth' }, /AZURE_RESOURCE_GROUP is not set/],
    [
      { AZURE_LOCATION: 'uksouth', AZURE_RESOURCE_GROUP: 'rg', LICENSER_NOTIFICATIONS: 'true' },
      /Notifications take a key of the app/,
    ],
  ] as const)('check refuses %j before anything is made', async (env, message) => {
    standIns = await makeStandIns(azure());

    const run = await standIns.run(process.execPath, [join(root, 'scripts', 'deploy.mjs'), 'check'], { env });

    expect(run.stderr).toMatch(message);
    expect(run.status).toBe(1);
    expect(commands()).not.toContain('group create');
  });

  it('finish publishes to the app that azd has made', async () => {
    standIns = await makeStandIns(azure());

    await standIns.run(process.execPath, [join(root, 'scripts', 'deploy.mjs'), 'finish'], {
      env: {
        AZURE_RESOURCE_GROUP: 'rg-azd',
        functionAppName: 'app-azd',
        functionAppUrl: origin,
        identityPrincipalId: identity,
      },
    });

    const upload = standIns.calls().find(({ args }) => args.includes('config-zip'));
    expect(upload?.args).toEqual(expect.arrayContaining(['rg-azd', 'app-azd']));
    expect(standIns.refused()).toBe('');
  });
});

describe('scripts/azure-env.mjs', () => {
  it.each([
    ['bash', "export LICENSER_TENANT_ID='it'\\''s'"],
    ['powershell', "$env:LICENSER_TENANT_ID = 'it''s'"],
  ])('prints for %s what the CLI needs, quoted', async (shell, line) => {
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

    expect(stdout).toBe(`${line}\n`);
    expect(status).toBe(0);
  });
});
