import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { graphCalls } from '../../../shared/graph/permissions';

const root = join(__dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const json = <Content>(path: string) => JSON.parse(read(path)) as Content;

const sources = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name)));
const shared = sources('shared').join('\n');
const registered = sources('functions').flatMap((text) =>
  [...text.matchAll(/\bapp\.(\w+)\('([^']+)'/g)].map(([, kind = '', name = '']) => ({ kind, name })),
);
const functionNames = registered.map(({ name }) => name);

/** What the code says when it logs: the constant messages of every logger call. */
const logged = [...shared.matchAll(/\b(?:logger|log)\.(?:warn|error|info)\(\s*['`]([^'`]+)['`]/g)].map(
  ([, message = '']) => message,
);
const metrics = [
  ...read('shared/observe/metrics.ts').matchAll(/(?:counter\('|gauge\('|'licenser\.)([\w.]+)'/g),
].map(([, name = '']) => `licenser.${name.replace(/^licenser\./, '')}`);

type Alert = { name: string; title: string; todo: string; query: string; severity: number };
const alerts = json<Alert[]>('infra/modules/alerts.json');

type Resource = { type: string; name: string; properties?: Record<string, unknown> };
const snapshots = ['infra/main.snapshot.json', 'infra/check/everything.snapshot.json'].map(
  (path) => [path, json<{ predictedResources: Resource[] }>(path).predictedResources] as const,
);

describe('alerts', () => {
  it.each(alerts.map((alert) => [alert.name, alert] as const))(
    '%s asks for what the app emits',
    (_name, alert) => {
      const { query } = alert;
      const messages = [...query.matchAll(/Message has '([^']+)'/g)].map(([, text = '']) => text);
      const functions = [...query.matchAll(/OperationName (?:== |in \()((?:'[\w-]+'(?:, )?)+)/g)].flatMap(
        ([, list = '']) => [...list.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name),
      );
      const names = [...query.matchAll(/\bName == '([\w.]+)'/g)].map(([, name = '']) => name);

      // A query that names none of these would prove nothing here.
      expect([
        ...messages,
        ...functions,
        ...names,
        ...(query.includes('by OperationName') ? ['all'] : []),
        // The platform's own metrics are compared with Microsoft's table below.
        ...(query.startsWith('AzureMetrics') ? ['platform'] : []),
      ]).not.toEqual([]);
      expect(messages.filter((text) => !logged.some((message) => message.includes(text)))).toEqual([]);
      expect(functions.filter((name) => !functionNames.includes(name))).toEqual([]);
      expect(names.filter((name) => !metrics.includes(name))).toEqual([]);
      expect(alert.todo.length).toBeGreaterThan(40);
    },
  );
});

describe('the alert that Graph tells of nothing', () => {
  it('counts every function that takes what Graph tells: a call, a post of Event Grid, a message of its queue', () => {
    const { query = '' } = alerts.find(({ name }) => name === 'source-silent') ?? {};
    const takes = functionNames.filter((name) => /^graph-(notification|event)/.test(name));

    expect(takes).toHaveLength(3);
    for (const name of takes) expect(query).toContain(`'${name}'`);
  });
});

describe('metrics of Service Bus that alerts ask for', () => {
  /**
   * Column "DS Export": only these reach the workspace, whatever a diagnostic setting asks for. `aggregation`: the column of
   * AzureMetrics that has a value.
   * https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-servicebus-namespaces-metrics
   */
  const microsofts: Readonly<Record<string, { exported: boolean; aggregations: readonly string[] }>> = {
    ActiveMessages: { exported: false, aggregations: ['Average', 'Minimum', 'Maximum'] },
    DeadletteredMessages: { exported: false, aggregations: ['Average', 'Minimum', 'Maximum'] },
    ScheduledMessages: { exported: false, aggregations: ['Average', 'Minimum', 'Maximum'] },
    Messages: { exported: false, aggregations: ['Average', 'Minimum', 'Maximum'] },
    IncomingMessages: { exported: true, aggregations: ['Total'] },
    OutgoingMessages: { exported: true, aggregations: ['Total'] },
    CompleteMessage: { exported: true, aggregations: ['Total'] },
    AbandonMessage: { exported: true, aggregations: ['Total'] },
  };

  it('reach the workspace where a query asks for them, in the column that it reads', () => {
    const asking = alerts.filter(({ query }) => query.startsWith('AzureMetrics'));
    expect(asking.map(({ name }) => name)).toEqual(['stuck']);
    for (const { query } of asking) {
      const names = new Set([...query.matchAll(/'((?:[A-Z][a-z]+)+)'/g)].map(([, name = '']) => name));
      const columns = [...query.matchAll(/\b(Total|Count|Average|Minimum|Maximum)\b(?=,| )/g)].map(
        ([, name]) => name,
      );

      expect(names.size).toBeGreaterThan(1);
      expect([...names].filter((name) => microsofts[name]?.exported !== true)).toEqual([]);
      for (const column of columns)
        for (const name of names) expect(microsofts[name]?.aggregations).toContain(column);
      expect(columns.length).toBeGreaterThan(0);
    }
    expect(read('infra/modules/diagnostics.bicep')).toMatch(
      /scope: serviceBusNamespace[^]*?metrics: \[\{ category: 'AllMetrics', enabled: true \}\]/,
    );
  });

  it('exist, with the aggregation that a metric alert takes', () => {
    const rules = [
      ...read('infra/modules/alerts.bicep').matchAll(/metricName: '(\w+)'[^]*?timeAggregation: '(\w+)'/g),
    ].map(([, name = '', aggregation = '']) => ({ name, aggregation }));

    expect(rules.map(({ name }) => name)).toEqual(['DeadletteredMessages']);
    for (const { name, aggregation } of rules) expect(microsofts[name]?.aggregations).toContain(aggregation);
  });
});

describe('the workbook', () => {
  it('charts metrics that the app has', () => {
    const names = [...read('infra/modules/workbook.json').matchAll(/name == '([\w.]+)'/g)].map(
      ([, name = '']) => name,
    );

    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !metrics.includes(name))).toEqual([]);
  });
});

describe('host.json', () => {
  const host = json<{
    logging: {
      logLevel: Record<string, string>;
      applicationInsights: { samplingSettings: { excludedTypes: string } };
    };
  }>('host.json').logging;

  it('lets functions run for longer than the old Consumption plan takes, so that no page names that plan', () => {
    const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))];
    const plans = pages.flatMap((page) =>
      [
        ...read(page === 'README.md' ? page : join('docs', page)).matchAll(
          /(\w+) consumption[ -](?:plan|app)/gi,
        ),
      ].map(([, kind = '']) => kind.toLowerCase()),
    );

    expect(json<{ functionTimeout: string }>('host.json').functionTimeout > '00:10:00').toBe(true);
    expect(new Set(plans)).toEqual(new Set(['flex', 'old']));
  });

  it('lets what every function logs through, and little of what the host says around it', () => {
    const levels = Object.entries(host.logLevel).filter(([name]) => name.startsWith('Function.'));

    expect(levels.map(([name]) => name).sort()).toEqual(
      functionNames.map((name) => `Function.${name}.User`).sort(),
    );
    expect(new Set(levels.map(([, level]) => level))).toEqual(new Set(['Information']));
    expect(host.logLevel['default']).toBe('Warning');
  });

  it('samples none of what the alerts count', () => {
    expect(host.applicationInsights.samplingSettings.excludedTypes.split(';').sort()).toEqual([
      'Exception',
      'Request',
      'Trace',
    ]);
  });
});

describe.each(snapshots)('%s', (_path, resources) => {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);

  it('has the queues of the local broker with the same properties', () => {
    const local = json<{
      UserConfig: { Namespaces: { Queues: { Name: string; Properties: Record<string, unknown> }[] }[] };
    }>('local/service-bus.config.json').UserConfig.Namespaces[0]?.Queues;

    const queues = ofType('Microsoft.ServiceBus/namespaces/queues').map(({ name, properties = {} }) => {
      const { defaultMessageTimeToLive: _differs, ...rest } = properties;
      return [/([\w-]+)'?\)?\]?$/.exec(name)?.[1] ?? name, rest];
    });

    expect(Object.fromEntries(queues)).toEqual(
      Object.fromEntries(
        (local ?? []).map(({ Name, Properties }) => [
          Name,
          {
            lockDuration: Properties['LockDuration'],
            maxDeliveryCount: Properties['MaxDeliveryCount'],
            requiresSession: Properties['RequiresSession'],
            requiresDuplicateDetection: Properties['RequiresDuplicateDetection'],
            deadLetteringOnMessageExpiration: Properties['DeadLetteringOnMessageExpiration'],
          },
        ]),
      ),
    );
  });

  it('drops what expires in the queue of Event Grid: nothing would ever read it among the dead letters', () => {
    const event = resources.find(
      ({ type, name }) => type.endsWith('/namespaces/queues') && name.includes("'graph-events'"),
    );

    expect(event?.properties).toMatchObject({ deadLetteringOnMessageExpiration: false });
  });

  it('runs on Flex Consumption and takes no key and no password anywhere', () => {
    const text = JSON.stringify(resources);

    expect(text).toContain('"FlexConsumption"');
    expect(text).toContain('"allowSharedKeyAccess":false');
    expect(text.match(/"disableLocalAuth":true/gi)).toHaveLength(2);
    expect(
      ofType('Microsoft.Web/sites/basicPublishingCredentialsPolicies').map(({ properties }) => properties),
    ).toEqual([{ allow: false }, { allow: false }]);
  });
});

describe('with every switch on', () => {
  const resources = snapshots[1]?.[1] ?? [];

  it('closes the public ends of storage, Service Bus and vault, and reaches each by an endpoint', () => {
    const closed = resources.filter(({ properties }) =>
      /^disabled$/i.test(String(properties?.['publicNetworkAccess'])),
    );

    expect(closed.map(({ type }) => type).sort()).toEqual([
      'Microsoft.KeyVault/vaults',
      'Microsoft.ServiceBus/namespaces',
      'Microsoft.Storage/storageAccounts',
    ]);
    const groups = resources
      .filter(({ type }) => type === 'Microsoft.Network/privateEndpoints')
      .map(({ properties }) => /"groupIds":\["(\w+)"/.exec(JSON.stringify(properties))?.[1]);
    expect(groups.sort()).toEqual(['blob', 'namespace', 'table', 'vault']);
    expect(JSON.stringify(resources)).toContain('"Premium"');
  });

  it('keeps two instances of decide and apply, and one for Graph’s calls, always ready', () => {
    expect(JSON.stringify(resources)).toContain(
      '"alwaysReady":[{"name":"function:decide","instanceCount":2},{"name":"function:apply","instanceCount":2},{"name":"http","instanceCount":1}]',
    );
  });

  it('makes an alert of every rule', () => {
    const rules = resources.filter(({ type }) => type === 'Microsoft.Insights/scheduledQueryRules');

    expect(rules.map(({ name }) => name).sort()).toEqual(
      alerts.map(({ name }) => `contoso-licenser-${name}`).sort(),
    );
  });
});

describe('rights in Graph', () => {
  it('are exactly those of the calls that the code can make', () => {
    const needed = new Set(graphCalls.map(({ permission }) => permission));
    const granted = [
      ...read('scripts/deploy/graph.mjs').matchAll(
        /id: '([0-9a-f-]{36})', name: '([\w.]+)', needed: '([\w-]+)'/g,
      ),
    ];

    expect(granted.map(([, , name]) => name).sort()).toEqual([...needed].sort());
    // Only what changes a user is asked for by a setting alone.
    expect(granted.filter(([, , , when]) => when === 'full').map(([, , name]) => name)).toEqual([
      'User.ReadWrite.All',
    ]);
    const page = read('docs/permissions.md');
    for (const [, id, name] of granted) expect(page).toContain(`| \`${String(name)}\` | \`${String(id)}\` |`);
  });
});

describe('rights in Azure', () => {
  it('are given where the code has a client, and nowhere else', () => {
    const wiring = read('shared/wiring.ts') + read('shared/wiring-clients.ts');
    const roles = read('infra/roles.bicep');

    // Tables and Service Bus are what the code opens; blobs and the vault are the host's.
    expect(shared).toMatch(/from '@azure\/data-tables'/);
    expect(wiring).toMatch(/from '@azure\/service-bus'/);
    expect(shared).not.toMatch(/from '@azure\/(storage-blob|storage-queue|keyvault|event-hubs)/);
    expect([...roles.matchAll(/var storageRoles = \[([^\]]*)\]/g)][0]?.[1]).toBe(
      'storageBlobDataOwner, storageTableDataContributor',
    );
    expect(roles).not.toMatch(/Contributor'|Owner'/);
  });
});
