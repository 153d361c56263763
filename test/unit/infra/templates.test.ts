import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { auditConsumerGroup } from '../../../shared/config/audit-log';

/**
 * What the templates come to, by the compiler's own evaluation: `npm run check:infra` compares these snapshots with the
 * templates, so a promise that stands here cannot be broken by an edit of Bicep alone.
 */
type Resource = {
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly properties?: Record<string, unknown>;
};
const read = (path: string) =>
  (
    JSON.parse(readFileSync(join(__dirname, '../../..', path), 'utf8')) as {
      predictedResources: Resource[];
    }
  ).predictedResources;
const usual = read('infra/main.snapshot.json');
const everything = read('infra/check/everything.snapshot.json');
const byEventGrid = read('infra/check/event-grid.snapshot.json');
const withAuditLog = read('infra/check/audit-log.snapshot.json');
const ofType = (resources: readonly Resource[], type: string) =>
  resources.filter((resource) => resource.type === type);
const textOf = (resources: readonly Resource[], type: string) => JSON.stringify(ofType(resources, type));

/** Whether each resource that wakes people is on, by type. A deployment removes nothing, so off is said, not left out. */
const onOrOff = (resources: readonly Resource[]) =>
  new Map(
    ['actionGroups', 'scheduledQueryRules', 'metricAlerts', 'webtests'].map((type) => [
      type,
      ofType(resources, `Microsoft.Insights/${type}`).map(
        ({ properties = {} }) => properties['enabled'] ?? properties['Enabled'],
      ),
    ]),
  );

describe('a deployment without further choices', () => {
  it('runs on Node.js 24, with one warm instance each of decide and apply and the fewest instances that Flex takes', () => {
    const app = textOf(usual, 'Microsoft.Web/sites');

    expect(app).toContain('"runtime":{"name":"node","version":"24"}');
    expect(app).toContain('"maximumInstanceCount":40');
    expect(app).toContain(
      '"alwaysReady":[{"name":"function:decide","instanceCount":1},{"name":"function:apply","instanceCount":1}]',
    );
  });

  it('keeps the ledger from being deleted, and what it logs from costing without end', () => {
    expect(ofType(usual, 'Microsoft.Authorization/locks').map(({ name }) => name)).toEqual([
      'keep-the-ledger',
    ]);
    expect(textOf(usual, 'Microsoft.OperationalInsights/workspaces')).toContain('"dailyQuotaGb":1');
    expect(ofType(usual, 'Microsoft.Insights/diagnosticSettings')).toHaveLength(3);
    expect(ofType(usual, 'Microsoft.Insights/workbooks')).toHaveLength(1);
  });

  it('wakes no one whom it does not know: every alert is off, so that one that was on goes off, too', () => {
    for (const [type, { length }] of onOrOff(usual)) {
      expect([type, length]).toEqual([type, onOrOff(everything).get(type)?.length]);
      expect(length).toBeGreaterThan(0);
    }
    expect([...onOrOff(usual).values()].flat().filter((isOn) => isOn !== false)).toEqual([]);
  });

  it('needs no network of its own', () => {
    expect(usual.filter(({ type }) => type.startsWith('Microsoft.Network/'))).toEqual([]);
    expect(textOf(usual, 'Microsoft.ServiceBus/namespaces')).not.toContain('Premium');
  });
});

describe('with changes by Event Grid', () => {
  const settings = (resources: readonly Resource[]) =>
    JSON.stringify(
      resources.filter(({ name }) => name.includes('appsettings')).map(({ properties }) => properties),
    );

  it('has none of it without being asked', () => {
    expect(usual.filter(({ type }) => type.startsWith('Microsoft.EventGrid/'))).toEqual([]);
    expect(settings(usual)).not.toContain('LICENSER_GRAPH_EVENTS');
  });

  it('lets Graph make its topic, and has that deliver CloudEvents into the queue, without a key', () => {
    const types = byEventGrid
      .map(({ type }) => type)
      .filter((type) => type.startsWith('Microsoft.EventGrid/'));
    expect(types.sort()).toEqual([
      'Microsoft.EventGrid/partnerConfigurations',
      'Microsoft.EventGrid/partnerTopics',
      'Microsoft.EventGrid/partnerTopics/eventSubscriptions',
    ]);
    const delivery = textOf(byEventGrid, 'Microsoft.EventGrid/partnerTopics/eventSubscriptions');
    expect(delivery).toContain('"eventDeliverySchema":"CloudEventSchemaV1_0"');
    expect(delivery).toContain('"endpointType":"ServiceBusQueue"');
    expect(delivery).toContain('graph-events');
    expect(delivery).toContain('"type":"UserAssigned"');
    expect(settings(byEventGrid)).toMatch(
      /"LICENSER_GRAPH_EVENTS":"queue".*EventGrid:\?azuresubscriptionid=/,
    );
  });
});

describe('with the audit log', () => {
  const hubs = (resources: readonly Resource[]) =>
    resources.filter(({ type }) => type.startsWith('Microsoft.EventHub/'));

  it('has none of it without being asked', () => {
    expect([hubs(usual), hubs(everything)]).toEqual([[], []]);
    for (const resources of [usual, everything])
      expect(JSON.stringify(resources)).not.toMatch(/LICENSER_AUDIT_HUB|EventHubConnection/);
  });

  it('has the hub and the consumer group that the app reads, and a right to read alone', () => {
    expect(hubs(withAuditLog).map(({ type }) => type)).toEqual([
      'Microsoft.EventHub/namespaces',
      'Microsoft.EventHub/namespaces/eventhubs',
      'Microsoft.EventHub/namespaces/eventhubs/consumergroups',
    ]);
    expect(hubs(withAuditLog).at(-1)?.name).toContain(auditConsumerGroup);
    const roles = ofType(withAuditLog, 'Microsoft.Authorization/roleAssignments').filter(({ properties }) =>
      JSON.stringify(properties).includes('a638d3c7-ab3a-418d-83e6-5f17a39d4fde'),
    );
    expect(roles).toHaveLength(1);
    const settings = JSON.stringify(withAuditLog.filter(({ name }) => name.includes('appsettings')));
    expect(settings).toMatch(/LICENSER_AUDIT_HUB['"][,:] ?['"]entra-audit-log['"]/);
    expect(settings).toMatch(/EventHubConnection__credential['"][,:] ?['"]managedidentity['"]/);
  });

  it('has the alert about it on', () => {
    const silent = withAuditLog.find(({ name }) => name === 'contoso-licenser-audit-silent');

    expect(silent?.properties?.['enabled']).toBe(true);
  });
});

describe('with every switch on', () => {
  it('puts instances into several zones, and runs on the Node.js that was chosen', () => {
    expect(ofType(everything, 'Microsoft.Web/serverfarms')[0]?.properties).toMatchObject({
      zoneRedundant: true,
    });
    expect(ofType(usual, 'Microsoft.Web/serverfarms')[0]?.properties).toMatchObject({ zoneRedundant: false });
    expect(textOf(everything, 'Microsoft.Web/sites')).toContain('"runtime":{"name":"node","version":"22"}');
    expect(textOf(everything, 'Microsoft.Web/sites')).toContain('"instanceMemoryMB":512');
  });

  it('has every alert on, but for the one about the audit log, which a private network does not go with', () => {
    const off = everything.filter(({ properties }) => properties?.['enabled'] === false);

    expect(off.map(({ name }) => name)).toEqual(['contoso-licenser-audit-silent']);
    expect([...onOrOff(everything).values()].flat().filter((isOn) => isOn !== true)).toEqual([false]);
  });

  it('has a watch from outside, and gives operators exactly three roles each', () => {
    expect(textOf(everything, 'Microsoft.Insights/webtests')).toContain('/api/health');
    const operator = everything.filter(
      ({ type, properties }) =>
        type === 'Microsoft.Authorization/roleAssignments' &&
        properties?.['principalId'] === 'aaaaaaaa-0000-4000-8000-00000000a001',
    );
    expect(
      operator
        .map(
          ({ properties }) => /'([0-9a-f-]{36})'\)?\]?$/.exec(String(properties?.['roleDefinitionId']))?.[1],
        )
        .sort(),
    ).toEqual([
      '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
      '73c42c96-874c-492b-b04d-ab87d138a893',
      '76199698-9eea-4c19-bc75-cec21354c6b6',
    ]);
  });
});

describe.each([
  ['infra/main.snapshot.json', usual, 'licenser'],
  ['infra/check/everything.snapshot.json', everything, 'contoso-licenser'],
])('%s', (_path, resources, name) => {
  it('names storage, vault, bus and app by group and name, so that two environments in one group do not collide', () => {
    for (const type of [
      'Microsoft.Storage/storageAccounts',
      'Microsoft.KeyVault/vaults',
      'Microsoft.ServiceBus/namespaces',
      'Microsoft.Web/sites',
    ])
      expect([type, ofType(resources, type)[0]?.name]).toEqual([
        type,
        expect.stringMatching(new RegExp(`uniqueString\\(.*resourceGroup\\(\\)\\.name.*'${name}'\\)`)),
      ]);
  });

  it('lets what-if see every role: no name hangs on what another module answers', () => {
    const roles = ofType(resources, 'Microsoft.Authorization/roleAssignments');

    expect(roles.length).toBeGreaterThanOrEqual(5);
    expect(roles.filter((role) => role.name.includes('reference('))).toEqual([]);
  });

  it('is made by API versions of 2025 or newer where Microsoft has them', () => {
    const versions = new Map(resources.map(({ type, apiVersion }) => [type, apiVersion]));

    for (const [type, least] of [
      ['Microsoft.Web/sites', '2025-03-01'],
      ['Microsoft.Storage/storageAccounts', '2025-06-01'],
      ['Microsoft.ServiceBus/namespaces', '2026-01-01'],
      ['Microsoft.KeyVault/vaults', '2025-05-01'],
      ['Microsoft.OperationalInsights/workspaces', '2025-07-01'],
      ['Microsoft.ManagedIdentity/userAssignedIdentities', '2024-11-30'],
    ] as const)
      expect([type, (versions.get(type) ?? '') >= least]).toEqual([type, true]);
  });
});
