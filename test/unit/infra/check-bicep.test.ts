import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');
const checked = ['infra', 'functions', 'docs/settings.md', 'local/service-bus.config.json', 'shared'];
const copies: string[] = [];

/** Spawned, because the grammar's WebAssembly does not load inside jest. */
function check(folder: string) {
  const run = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'check-bicep.mjs'), folder, '--without-compiler'],
    {
      encoding: 'utf8',
    },
  );
  return { status: run.status, output: run.stdout + run.stderr };
}

/** A copy of the tree in which `find` of one file is replaced. */
function treeWith(path: string, find: string, replacement: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'check-bicep-'));
  copies.push(folder);
  for (const name of checked) cpSync(join(root, name), join(folder, name), { recursive: true });
  const text = readFileSync(join(folder, path), 'utf8');
  expect(text).toContain(find);
  writeFileSync(join(folder, path), text.replace(find, replacement));
  return folder;
}

afterAll(() => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
});

describe('scripts/check-bicep.mjs', () => {
  it('finds nothing wrong with infra/', () => {
    const { status, output } = check(root);

    expect(output).toMatch(/^\d+ files, 0 problems\n$/);
    expect(status).toBe(0);
  });

  it('finds a syntax error with its line and column', () => {
    const folder = treeWith(
      'infra/modules/identity.bicep',
      '  location: location\n',
      '  location = location\n',
    );

    const { status, output } = check(folder);

    const lines = readFileSync(join(folder, 'infra/modules/identity.bicep'), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('location = location')) + 1;
    expect(output).toMatch(new RegExp(`^infra/modules/identity\\.bicep:${line}:\\d+ syntax: `, 'm'));
    expect(status).toBe(1);
  });

  it.each([
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
      /main\.bicepparam:6:1 infra\/main\.bicep has no parameter permision/,
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
  ])('finds %s', (_what, path, find, replacement, message) => {
    const folder = treeWith(path, find, replacement);

    const { status, output } = check(folder);

    expect(output).toMatch(message);
    expect(status).toBe(1);
  });

  it('says when there is nothing to check', () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-bicep-'));
    copies.push(folder);

    const { status, output } = check(folder);

    expect(output).toMatch(/^check-bicep: /);
    expect(status).toBe(2);
  });
});
