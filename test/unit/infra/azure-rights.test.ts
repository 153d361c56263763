import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readProductSources } from '../../support/pages/product-sources';
import azure from './stand-ins/azure-roles.json';

const root = join(__dirname, '..', '..', '..');
const template = readFileSync(join(root, 'infra', 'roles.bicep'), 'utf8');
const sources = readProductSources(['shared', 'functions']);

const tables = 'Microsoft.Storage/storageAccounts/tableServices/tables';
const bus = 'Microsoft.ServiceBus/namespaces/queues';
/** What Microsoft asks for each operation (operationsSource of the extract), by the method of the SDK, of `TableReads` or of `TableWrites`. */
const actionOfTables: Readonly<Record<string, string>> = {
  createTable: `${tables}/write`,
  row: `${tables}/entities/read`,
  page: `${tables}/entities/read`,
  createEntity: `${tables}/entities/write`,
  updateEntity: `${tables}/entities/write`,
  deleteEntity: `${tables}/entities/delete`,
  // Each part asks for its own right; all of them are above.
  submitTransaction: `${tables}/entities/write`,
};
const actionOfBus: Readonly<Record<string, string>> = {
  receiveMessages: `${bus}/receive/action`,
  peekMessages: `${bus}/receive/action`,
  completeMessage: `${bus}/receive/action`,
  abandonMessage: `${bus}/receive/action`,
  sendMessages: `${bus}/send/action`,
  // By the entity's claim Manage: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#rights-required-for-service-bus-operations
  getQueue: `${bus}/manage`,
  getQueueRuntimeProperties: `${bus}/manage`,
};

type Role = {
  readonly name: string;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
};
/** What a variable of the template grants, by its role id. */
function grantedBy(variable: string): readonly string[] {
  const id = new RegExp(`^var ${variable} = '([0-9a-f-]+)'`, 'm').exec(template)?.[1] ?? '';
  const role = (azure.roles as Readonly<Record<string, Role>>)[id];
  return role === undefined ? [] : [...role.actions, ...role.dataActions];
}
const covers = (granted: readonly string[], action: string) =>
  granted.some((pattern) => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`).test(action));
const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Methods of the client that the one class over the tables calls. */
const tableAccess = sources.find(({ path }) => path === 'shared/store/tables/table-access.ts')?.text ?? '';
const tableCalls = new Set(
  [...tableAccess.matchAll(/#(?:client|reads|writes)\s*\.(\w+)\(/g)].map(([, name = '']) => name),
);
const busCalls = new Set(
  sources.flatMap(({ text }) =>
    [...text.matchAll(/\.(\w+)\(/g)]
      .map(([, name = '']) => name)
      .filter((name) => Object.hasOwn(actionOfBus, name)),
  ),
);

describe('the rights of the app’s identity in Azure, by actions', () => {
  it('are on tables what the one class over them calls', () => {
    expect([...tableCalls].sort()).toEqual(Object.keys(actionOfTables).sort());
    // No other file has a client of the tables: the class is the only way.
    const withClient = sources.filter(({ text }) => /new TableClient\(|TableServiceClient/.test(text));
    expect(withClient.map(({ path }) => path)).toEqual(['shared/store/tables/table-stores.ts']);

    const granted = grantedBy('storageTableDataContributor');
    const needed = new Set([...tableCalls].map((name) => actionOfTables[name] ?? name));
    expect([...needed].filter((action) => !covers(granted, action))).toEqual([]);
    // Azure has no role without these; the two of entities are parts of write.
    expect(granted.filter((action) => !needed.has(action)).sort()).toEqual(
      ['/delete', '/entities/add/action', '/entities/update/action', '/read'].map((end) => tables + end),
    );
  });

  it('are on queues receiving, sending and, for the counts alone, Manage', () => {
    expect([...busCalls].sort()).toEqual(Object.keys(actionOfBus).sort());
    const needed = [...new Set([...busCalls].map((name) => actionOfBus[name] ?? name))];
    const less = [...grantedBy('serviceBusDataReceiver'), ...grantedBy('serviceBusDataSender')];

    expect(needed.filter((action) => !covers(grantedBy('serviceBusDataOwner'), action))).toEqual([]);
    expect(needed.filter((action) => !covers(less, action))).toEqual([`${bus}/manage`]);
  });

  it('are no others: clients of Azure are those of tables and Service Bus', () => {
    const packages = new Set(
      sources.flatMap(({ text }) => [...text.matchAll(/from '(@azure\/[\w-]+)'/g)].map(([, name]) => name)),
    );

    expect([...packages].sort()).toEqual([
      // Sends what the client of the tables signs.
      '@azure/core-rest-pipeline',
      '@azure/data-tables',
      '@azure/functions',
      '@azure/identity',
      // Gets tokens, as the one above: no right is needed for it.
      '@azure/msal-node',
      '@azure/service-bus',
    ]);
  });
});

describe('the rights of an operator', () => {
  it('let tables be read and nothing be written', () => {
    const granted = grantedBy('storageTableDataReader');

    expect(covers(granted, `${tables}/entities/read`)).toBe(true);
    expect(granted.filter((action) => !action.endsWith('/read'))).toEqual([]);
  });
});
