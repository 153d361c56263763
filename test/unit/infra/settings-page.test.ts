import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { LocalCloud } from '../../../local/cloud-file';
import { toFuncSettings } from '../../../local/func-settings';
import { loadConfig } from '../../../shared/config/config';
import { readGraphEventWay } from '../../../shared/config/graph-events';
import { readSchedules } from '../../../shared/config/schedules';
import { readProductSources } from '../../support/pages/product-sources';

const day = 86_400_000;
const root = join(__dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** setting -> default and example, from the table of docs/settings.md. */
const rows = new Map(
  [...read('docs/settings.md').matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|[^|]*\|[^|]*\|$/gm)].map(
    ([, name = '', fallback = '', example = '']) =>
      [name, { fallback: unquoted(fallback), example: unquoted(example) }] as const,
  ),
);

function unquoted(cell: string): string {
  return cell.trim().replace(/^`(.*)`$/, '$1');
}

const required = {
  ServiceBusConnection: rows.get('ServiceBusConnection')?.example,
  LICENSER_TENANT_ID: rows.get('LICENSER_TENANT_ID')?.example,
  LICENSER_TABLES_ENDPOINT: 'https://account.table.core.windows.net',
};
/** What settings ask for that are not required by themselves. */
const asked = {
  LICENSER_CLIENT_STATE: 'the-state-of-a-client',
  EventHubConnection__fullyQualifiedNamespace: 'hubs.servicebus.windows.net',
};

describe('docs/settings.md', () => {
  it('has a row for every setting that the app reads, and no other', () => {
    const source = read('shared/config/config.ts') + read('shared/config/schedules.ts');

    const settings = [
      ...[
        ...source.matchAll(/^ {2}((?:ServiceBusConnection|EventHubConnection|LICENSER_|AZURE_)\w*):/gm),
      ].map((match) => match[1]),
      ...[...source.matchAll(/environment\['(\w+)'\]/g)].map((match) => match[1]),
    ];

    expect(settings.length).toBeGreaterThan(10);
    expect([...rows.keys()].sort()).toEqual(settings.sort());
  });

  it('names every variable that is read anywhere in the app, and no file reads one past the readers of settings', () => {
    const page = read('docs/settings.md');
    const reads = readProductSources(['shared', 'functions']).flatMap(({ path, text }) =>
      [
        ...text.matchAll(
          /\b(?:environment|process\.env|env)(?:\[['"`]([A-Za-z_]\w*)['"`]\]|\.([A-Z][A-Z_]\w*))/g,
        ),
      ].map(([, inBrackets, after]) => ({ path, name: inBrackets ?? after ?? '' })),
    );

    expect(reads.length).toBeGreaterThan(10);
    expect(reads.filter(({ name }) => !page.includes(`\`${name}\``))).toEqual([]);
    expect(reads.filter(({ path }) => !path.startsWith('shared/config/'))).toEqual([]);
  });

  it('gives the defaults that the code has', () => {
    const config = loadConfig(required);
    const schedules = readSchedules({});

    const actual = {
      LICENSER_GRAPH_ORIGIN: config.graphOrigin,
      LICENSER_POLICY_PATH: config.policyPath,
      LICENSER_GRAPH_EVENTS: readGraphEventWay({}),
      LICENSER_LANES: String(config.lanes),
      LICENSER_QUOTA_SHARE: String(config.quotaShare),
      LICENSER_WRITE_QUOTA: String(config.writeQuota),
      LICENSER_OUTAGE_SECONDS: String(config.outageMs / 1_000),
      LICENSER_PERMISSIONS: config.permissions,
      LICENSER_VERIFY_SECONDS: String(config.verifyAfterMs / 1_000),
      LICENSER_DELTA_SCHEDULE: schedules.delta,
      LICENSER_SUBSCRIPTION_SCHEDULE: schedules.subscription,
      LICENSER_DEAD_LETTER_SCHEDULE: schedules.deadLetters,
      LICENSER_ROLLOUT_SCHEDULE: schedules.rollouts,
      LICENSER_WAITING_SCHEDULE: schedules.waitingList,
      LICENSER_CENSUS_SCHEDULE: schedules.census,
      LICENSER_CENSUS_WALK_SCHEDULE: schedules.censusWalk,
      LICENSER_APPROVAL: config.approval,
      LICENSER_OBJECTIVE: `p95 ${String(config.objectiveMs / 1_000)}s`,
      LICENSER_OBSERVE_SCHEDULE: schedules.observe,
      LICENSER_FIRST_CENSUS: config.firstCensus ? 'on' : 'off',
      LICENSER_HISTORY_DAYS: String(config.kept.historyMs / day),
      LICENSER_LEAVER_DAYS: String(config.kept.leaversMs / day),
    };

    const documented = [...rows].filter(([, { fallback }]) => !['required', 'not set'].includes(fallback));
    expect(Object.fromEntries(documented.map(([name, { fallback }]) => [name, fallback]))).toEqual(actual);
  });

  it('calls required exactly what the code refuses to do without', () => {
    const demanded = [...rows].filter(([, { fallback }]) => fallback === 'required').map(([name]) => name);

    const without = demanded.filter((name) => {
      try {
        loadConfig({ ...required, [name]: undefined });
        return false;
      } catch (error) {
        return String(error).includes(`${name} is not set`);
      }
    });

    expect(demanded).toEqual(['LICENSER_TENANT_ID', 'LICENSER_TABLES_ENDPOINT']);
    expect(without).toEqual(demanded);
  });

  it.each(
    [...rows]
      .filter(([name]) => !['LICENSER_WEBHOOK_SECRET', 'LICENSER_TABLES_KEY'].includes(name))
      .map(([name, { example }]) => [name, example] as const),
  )('gives an example of %s that the code accepts', (name, example) => {
    const load = () => loadConfig({ ...required, ...asked, [name]: example });

    expect(load).not.toThrow();
  });
});

describe('local.settings.json.example', () => {
  const { Values: values, Host: host } = JSON.parse(read('local.settings.json.example')) as {
    Values: Record<string, string>;
    Host: Record<string, unknown>;
  };
  const cloud: LocalCloud = {
    startedAt: '2026-01-01T00:00:00Z',
    serviceBus: {
      pid: 1,
      port: 1,
      managementPort: 1,
      connectionString: values['ServiceBusConnection'] ?? '',
    },
    graph: {
      pid: 2,
      origin: 'http://127.0.0.1:2',
      tenantId: values['LICENSER_TENANT_ID'] ?? '',
      tokenUrl: 'http://127.0.0.1:2/token',
      clientId: 'client',
      clientSecret: 'secret',
      controlKey: 'key',
    },
    tables: { pid: 3, endpoint: 'http://127.0.0.1:3/account', accountName: 'account', accountKey: 'KEY' },
    functions: {
      pids: [],
      origin: 'http://127.0.0.1:5',
      masterKey: 'm',
      functionKey: 'f',
      clientState: 'the-state-of-a-client',
    },
    managedIdentity: { endpoint: 'http://127.0.0.1:4/msi/token', header: 'h' },
    blobs: { pid: 6, endpoint: 'http://127.0.0.1:6/account' },
    settings: {},
  };

  it('is accepted by the code', () => {
    expect(loadConfig(values)).toMatchObject({ graphOrigin: 'http://127.0.0.1:7072', lanes: 32 });
  });

  it('has only what the file of a running cloud fills in', () => {
    const filled = toFuncSettings(cloud, root);

    expect(Object.keys(filled.Values)).toEqual(expect.arrayContaining(Object.keys(values)));
    expect(host).toEqual(filled.Host);
    // The identity, without which the app has no token for Graph; blobs, without which the host runs no timer.
    expect(filled.Values).toMatchObject({
      IDENTITY_ENDPOINT: 'http://127.0.0.1:4/msi/token',
      IDENTITY_HEADER: 'h',
    });
    for (const storage of [values['AzureWebJobsStorage'], filled.Values['AzureWebJobsStorage']]) {
      expect(storage).toMatch(/;BlobEndpoint=http:.*;TableEndpoint=http:/);
    }
    expect(loadConfig(filled.Values)).toMatchObject({ graphOrigin: 'http://127.0.0.1:2' });
  });

  it('points at this machine only and holds no key', () => {
    const addresses = Object.values(values).filter((value) => value.includes('://'));

    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) expect(address).toMatch(/\/\/127\.0\.0\.1[:/]/);
    expect(values['LICENSER_TABLES_KEY']).toMatch(/^KEY_FROM_/);
    expect(values['ServiceBusConnection']).toContain('SharedAccessKey=SAS_KEY_VALUE;');
    expect(JSON.stringify(values)).not.toMatch(/[A-Za-z0-9+/]{40,}/);
  });
});
