import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const checked = ['infra', 'functions', 'docs/settings.md', 'local/service-bus.config.json', 'shared'];
const copies: string[] = [];

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'check-bicep-'));
  copies.push(folder);
  return folder;
};

/** A tree in which `find` of one file is replaced: what that file stands in is copied, the rest linked. */
function treeWith([path, find, replacement]: Mistake): string {
  const folder = newFolder();
  for (const name of checked) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (path.startsWith(name)) cpSync(join(root, name), join(folder, name), { recursive: true });
    else symlinkSync(join(root, name), join(folder, name));
  }
  const text = readFileSync(join(folder, path), 'utf8');
  expect(text).toContain(find);
  writeFileSync(join(folder, path), text.replace(find, replacement));
  return folder;
}

/** In one process of its own, because the grammar's WebAssembly does not load inside jest. */
const script = `
  import { checkInfra, describeCheck } from './scripts/bicep/check-infra.mjs';
  import { makeBicepParser } from './scripts/bicep/parse-bicep.mjs';
  const parseAnew = await makeBicepParser();
  const parsed = new Map();
  const parse = (path, text) => {
    const key = path + text;
    if (!parsed.has(key)) parsed.set(key, parseAnew(path, text));
    return parsed.get(key);
  };
  const said = process.argv.slice(1).map((folder) => describeCheck(checkInfra(folder, parse)));
  process.stdout.write(JSON.stringify(said));
`;
function checkAll(folders: readonly string[]): readonly string[] {
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script, ...folders], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(said) as readonly string[];
}

const checkBicep = (...args: readonly string[]) => {
  const run = spawnSync(process.execPath, [join(root, 'scripts', 'check-bicep.mjs'), ...args], {
    encoding: 'utf8',
  });
  return { status: run.status, output: run.stdout + run.stderr };
};

/** One file, a text in it, and what stands there instead. */
type Mistake = readonly [path: string, find: string, replacement: string];

const mistakes: readonly (readonly [what: string, ...Mistake, expected: RegExp])[] = [
  [
    'a key that is read',
    'infra/modules/storage.bicep',
    'account.properties.primaryEndpoints.table',
    'account.listKeys().keys[0].value',
    /^infra\/modules\/storage\.bicep:\d+:\d+ listKeys\(\) reads keys/m,
  ],
  [
    'a storage account that takes keys',
    'infra/modules/storage.bicep',
    'allowSharedKeyAccess: false',
    'allowSharedKeyAccess: true',
    /storage\.bicep:\d+:27 account must have allowSharedKeyAccess: false/,
  ],
  [
    'a namespace that does not refuse keys',
    'infra/modules/service-bus.bicep',
    'disableLocalAuth: true',
    '',
    /service-bus\.bicep:\d+:1 namespace must have disableLocalAuth: true/,
  ],
  [
    'a secure parameter in an output',
    'infra/main.bicep',
    'output identityPrincipalId string = identity.outputs.principalId',
    'output identityPrincipalId string = clientState',
    /main\.bicep:\d+:\d+ output identityPrincipalId would show a secret \(clientState\)/,
  ],
  [
    'a connection string in an output',
    'infra/modules/application-insights.bicep',
    'output id string = component.id',
    'output id string = component.properties.ConnectionString',
    /would show a secret \(ConnectionString\)/,
  ],
  [
    'a secret that is not secure',
    'infra/main.bicep',
    '@secure()\nparam clientState',
    'param clientState',
    /main\.bicep:\d+:1 clientState becomes a secret and is not @secure\(\)/,
  ],
  [
    'a role assignment elsewhere',
    'infra/modules/key-vault.bicep',
    'Microsoft.KeyVault/vaults@2025-05-01',
    'Microsoft.Authorization/roleAssignments@2022-04-01',
    /key-vault\.bicep:\d+:1 role assignments belong in infra\/roles\.bicep/,
  ],
  [
    'a parameter without description',
    'infra/modules/identity.bicep',
    "@description('Tags.')\n",
    '',
    /identity\.bicep:\d+:1 tags has no @description/,
  ],
  [
    'a name that is not declared',
    'infra/modules/identity.bicep',
    'tags: tags',
    'tags: tag',
    /identity\.bicep:\d+:9 tag is not declared/,
  ],
  [
    'a parameter that nothing uses',
    'infra/modules/log-analytics.bicep',
    'retentionInDays: retentionInDays',
    'retentionInDays: 30',
    /log-analytics\.bicep:\d+:1 retentionInDays is not used/,
  ],
  [
    'a module that lacks a parameter',
    'infra/main.bicep',
    '    identityId: identity.outputs.id\n',
    '',
    /module functionApp lacks the parameter identityId/,
  ],
  [
    'a parameter that a module does not have',
    'infra/main.bicep',
    'retentionInDays: logRetentionDays',
    'retentionInDays: logRetentionDays, days: 1',
    /main\.bicep:\d+:\d+ modules\/log-analytics\.bicep has no parameter days/,
  ],
  [
    'an output that a module does not have',
    'infra/main.bicep',
    'identity.outputs.clientId',
    'identity.outputs.appId',
    /module identity has no output appId/,
  ],
  [
    'an unknown parameter in main.bicepparam',
    'infra/main.bicepparam',
    'param permissions',
    'param permision',
    /main\.bicepparam:\d+:1 infra\/main\.bicep has no parameter permision/,
  ],
  [
    'a setting that is not documented',
    'shared/config/config.ts',
    '  LICENSER_LANES: number',
    '  LICENSER_NEWER: z.string(),\n  LICENSER_LANES: number',
    /^shared\/config\/config\.ts:\d+:3 LICENSER_NEWER has no row in docs\/settings\.md/m,
  ],
  [
    'a required setting that Bicep leaves out',
    'infra/modules/app-settings.bicep',
    '  LICENSER_TENANT_ID: tenant().tenantId\n',
    '',
    /docs\/settings\.md:\d+:1 LICENSER_TENANT_ID has no default and Bicep does not set it/,
  ],
  [
    'a setting that the code does not read',
    'infra/modules/app-settings.bicep',
    'LICENSER_LANES:',
    'LICENSER_LANE:',
    /app-settings\.bicep:\d+:3 shared\/config\/config\.ts reads no setting LICENSER_LANE/,
  ],
  [
    'a queue that is missing',
    'local/service-bus.config.json',
    '"Name": "license-changes-bulk"',
    '"Name": "license-changes-mass"',
    /queue license-changes-bulk of shared\/queue\/queues\.ts is missing[^]*queue license-changes-mass is not in/,
  ],
  [
    'an instance for a function that does not exist',
    'infra/modules/function-app.bicep',
    "'function:decide'",
    "'function:decider'",
    /function-app\.bicep:\d+:\d+ functions\/ registers no function decider/,
  ],
];

/** What is said of each tree, in the order of `mistakes`. */
let said: readonly string[] = [];
beforeAll(() => {
  said = checkAll(mistakes.map(([, path, find, replacement]) => treeWith([path, find, replacement])));
});
afterAll(() => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
});

describe('scripts/check-bicep.mjs', () => {
  it('finds nothing wrong with infra/', () => {
    const { status, output } = checkBicep('--without-compiler');

    expect(output).toMatch(/^\d+ files, 0 problems\n$/);
    expect(status).toBe(0);
  });

  it('finds a syntax error with its line and column', () => {
    const folder = treeWith([
      'infra/modules/identity.bicep',
      '  location: location\n',
      '  location = location\n',
    ]);

    const { status, output } = checkBicep(folder, '--without-compiler');

    const lines = readFileSync(join(folder, 'infra/modules/identity.bicep'), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('location = location')) + 1;
    expect(output).toMatch(new RegExp(`^infra/modules/identity\\.bicep:${line}:\\d+ syntax: `, 'm'));
    expect(status).toBe(1);
  });

  it.each(mistakes.map(([what, , , , expected], index) => [what, index, expected] as const))(
    'finds %s',
    (_what, index, expected) => {
      expect(said[index]).toMatch(expected);
      expect(said[index]).not.toMatch(/, 0 problems\n$/);
    },
  );

  it('says when there is nothing to check', () => {
    const { status, output } = checkBicep(newFolder(), '--without-compiler');

    expect(output).toMatch(/^check-bicep: /);
    expect(status).toBe(2);
  });
});
