import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../../shared/config/config';
import { readClaims } from '../../../shared/ops/doctor/token-claims';
import { graphScope } from '../../../shared/kernel/microsoft-cloud';
import { parseGraphOrigin } from '../../../shared/config/graph-origin';

const complete = {
  ServiceBusConnection: 'Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=a;SharedAccessKey=top-secret',
  LICENSER_TENANT_ID: 'AAAAAAAA-0000-4000-8000-000000000001',
  LICENSER_TABLES_ENDPOINT: 'http://127.0.0.1:10002/account',
};

describe('loadConfig', () => {
  it('fills in the documented defaults', () => {
    expect(loadConfig(complete)).toMatchObject({
      tenantId: 'aaaaaaaa-0000-4000-8000-000000000001',
      graphOrigin: 'https://graph.microsoft.com',
      policyPath: 'policy/licensing.yaml',
      lanes: 32,
      quotaShare: 0.8,
      writeQuota: 3000,
      permissions: 'full',
      clientState: null,
    });
  });

  it('names every setting that is wrong at once, without showing a value', () => {
    const load = () =>
      loadConfig({
        LICENSER_LANES: 'many',
        LICENSER_CLIENT_STATE: 'long-secret'.repeat(20),
        LICENSER_TENANT_ID: 'x',
      });

    expect(load).toThrow(
      /LICENSER_TENANT_ID.*GUID.*LICENSER_TABLES_ENDPOINT is not set.*LICENSER_CLIENT_STATE.*LICENSER_LANES.*ServiceBusConnection/s,
    );
    expect(load).not.toThrow(/long-secret/);
  });

  it.each([
    [
      'a key for tables in Azure',
      { LICENSER_TABLES_ENDPOINT: 'https://a.table.core.windows.net', LICENSER_TABLES_KEY: 'k' },
      /LICENSER_TABLES_KEY/,
    ],
    ['plain http tables elsewhere', { LICENSER_TABLES_ENDPOINT: 'http://a.example' }, /must be https/],
    [
      'a notification URL without clientState',
      { LICENSER_NOTIFICATION_URL: 'https://a.example/x' },
      /LICENSER_CLIENT_STATE must be set/,
    ],
    [
      'a plain http notification URL',
      { LICENSER_NOTIFICATION_URL: 'http://a.example/x', LICENSER_CLIENT_STATE: 'x'.repeat(20) },
      /must be https/,
    ],
    [
      'an address of Event Grid without a topic',
      {
        LICENSER_NOTIFICATION_URL: 'EventGrid:?azuresubscriptionid=s&resourcegroup=g&location=l',
        LICENSER_CLIENT_STATE: 'x'.repeat(20),
        LICENSER_GRAPH_EVENTS: 'queue',
      },
      /must name partnertopic/,
    ],
    [
      'an address of Event Grid whose events are not taken',
      {
        LICENSER_NOTIFICATION_URL:
          'EventGrid:?azuresubscriptionid=s&resourcegroup=g&partnertopic=t&location=l',
        LICENSER_CLIENT_STATE: 'x'.repeat(20),
      },
      /LICENSER_GRAPH_EVENTS must be webhook or queue/,
    ],
    ['events without clientState', { LICENSER_GRAPH_EVENTS: 'webhook' }, /LICENSER_CLIENT_STATE must be set/],
    [
      'an event hub in no namespace',
      { LICENSER_AUDIT_HUB: 'log' },
      /EventHubConnection__fullyQualifiedNamespace or EventHubConnection must be set/,
    ],
    ['a name that no event hub has', { LICENSER_AUDIT_HUB: 'a/b' }, /LICENSER_AUDIT_HUB must be the name/],
    [
      'an Event Hubs namespace elsewhere',
      { EventHubConnection__fullyQualifiedNamespace: 'hubs.evil.example' },
      /EventHubConnection__fullyQualifiedNamespace must be like NAMESPACE/,
    ],
    [
      'a connection string of event hubs elsewhere',
      { EventHubConnection: 'Endpoint=sb://hubs.evil.example/;SharedAccessKey=top-secret' },
      /^(?!.*top-secret).*EventHubConnection must name a namespace of Azure or of this machine/,
    ],
    ['events by a way that is none', { LICENSER_GRAPH_EVENTS: 'on' }, /LICENSER_GRAPH_EVENTS/],
    [
      'tables that are neither Azure’s nor here',
      { LICENSER_TABLES_ENDPOINT: 'https://tables.evil.example' },
      /table service of Azure/,
    ],
    [
      'a Service Bus namespace elsewhere',
      { ServiceBusConnection: '', ServiceBusConnection__fullyQualifiedNamespace: 'bus.evil.example' },
      /servicebus\.windows\.net/,
    ],
    [
      'a webhook without https',
      { LICENSER_WEBHOOK_URL: 'http://hooks.example/TOPSECRET' },
      /WEBHOOK_URL must be https/,
    ],
    [
      'a webhook that is no web address',
      { LICENSER_WEBHOOK_URL: 'file:///etc/passwd' },
      /WEBHOOK_URL must be https/,
    ],
    [
      'a short webhook secret',
      { LICENSER_WEBHOOK_URL: 'https://hooks.example', LICENSER_WEBHOOK_SECRET: 'short' },
      /WEBHOOK_SECRET must have at least 16/,
    ],
    [
      'a webhook secret without a webhook',
      { LICENSER_WEBHOOK_SECRET: 'at-least-16-characters' },
      /LICENSER_WEBHOOK_URL must be set/,
    ],
    ...[
      'sb://bus.evil.example/',
      'sb://servicebus.windows.net.evil.example',
      'sb://a.b.servicebus.windows.net',
      '',
    ].map((endpoint): [string, Record<string, string>, RegExp] => [
      `a connection string of a bus elsewhere: ${endpoint}`,
      { ServiceBusConnection: `Endpoint=${endpoint};SharedAccessKeyName=a;SharedAccessKey=top-secret` },
      /^(?!.*top-secret).*ServiceBusConnection must name a namespace of Azure or of this machine/,
    ]),
    [
      'the embedded Graph beside the tables of Azure',
      {
        LICENSER_GRAPH_ORIGIN: 'http://127.0.0.1:7072',
        LICENSER_TABLES_ENDPOINT: 'https://a.table.core.windows.net',
      },
      /LICENSER_GRAPH_ORIGIN must not be of this machine while LICENSER_TABLES_ENDPOINT is not/,
    ],
    [
      'the embedded Graph beside the queues of Azure',
      {
        LICENSER_GRAPH_ORIGIN: 'http://localhost:7072',
        ServiceBusConnection: '',
        ServiceBusConnection__fullyQualifiedNamespace: 'n.servicebus.windows.net',
      },
      /LICENSER_GRAPH_ORIGIN must not be of this machine while Service Bus is not/,
    ],
    [
      'the embedded Graph beside a connection string of Azure',
      {
        LICENSER_GRAPH_ORIGIN: 'http://localhost:7072',
        ServiceBusConnection:
          'Endpoint=sb://n.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b',
      },
      /LICENSER_GRAPH_ORIGIN must not be of this machine while Service Bus is not/,
    ],
    [
      'a Key Vault reference that was not resolved',
      { LICENSER_CLIENT_STATE: '@Microsoft.KeyVault(SecretUri=https://a.vault.azure.net/secrets/b)' },
      /unresolved Key Vault reference/,
    ],
  ])('refuses %s', (_what, settings, message) => {
    expect(() => loadConfig({ ...complete, ...settings })).toThrow(message);
  });

  it('takes a webhook on this machine over http, and shows neither its URL nor its secret', () => {
    const config = loadConfig({
      ...complete,
      LICENSER_WEBHOOK_URL: 'http://127.0.0.1:9/TOPSECRET',
      LICENSER_WEBHOOK_SECRET: 'at-least-16-characters',
    });

    expect(config.webhook?.url.reveal()).toBe('http://127.0.0.1:9/TOPSECRET');
    expect(JSON.stringify(config)).not.toMatch(/TOPSECRET|16-characters/);
  });

  it.each([
    'sb://127.0.0.1:5672',
    'sb://localhost',
    'sb://[::1]:5672/',
    'sb://LOCALHOST',
    'sb://servicebus-emulator',
    'sb://servicebus-emulator:5672/',
    'sb://host.docker.internal',
    'sb://10.1.2.3',
    'sb://172.18.0.3:5672',
    'sb://name.servicebus.windows.net/',
    'sb://name.servicebus.usgovcloudapi.net/',
  ])('takes a connection string of %s', (endpoint) => {
    const ServiceBusConnection = `Endpoint=${endpoint};SharedAccessKeyName=a;SharedAccessKey=b`;

    expect(loadConfig({ ...complete, ServiceBusConnection }).serviceBus.kind).toBe('connectionString');
  });

  it.each([
    ['of a container beside the embedded Graph', 'sb://servicebus-emulator', ''],
    ['of an emulator on another machine', 'sb://bus.lab.example', ';UseDevelopmentEmulator=true'],
  ])('takes a connection string %s', (_, endpoint, more) => {
    const ServiceBusConnection = `Endpoint=${endpoint};SharedAccessKeyName=a;SharedAccessKey=b${more}`;
    const settings = { ...complete, ServiceBusConnection, LICENSER_GRAPH_ORIGIN: 'http://127.0.0.1:7072' };

    expect(loadConfig(settings).serviceBus.kind).toBe('connectionString');
  });

  it.each(['https://a.example/x', ''])('starts with a client state of 8 characters, calling "%s"', (url) => {
    const settings = { LICENSER_CLIENT_STATE: 'licenser', LICENSER_NOTIFICATION_URL: url };

    expect(loadConfig({ ...complete, ...settings }).clientState?.reveal()).toBe('licenser');
  });

  it.each(['webhook', 'queue'])('subscribes by Event Grid with events by %s', (way) => {
    const url = 'EventGrid:?azuresubscriptionid=s&resourcegroup=g&partnertopic=t&location=westeurope';
    const settings = {
      LICENSER_NOTIFICATION_URL: url,
      LICENSER_CLIENT_STATE: 'x'.repeat(20),
      LICENSER_GRAPH_EVENTS: way,
    };

    expect(loadConfig({ ...complete, ...settings }).notificationUrl).toBe(url);
  });

  it('reads the audit log of a hub that is named, in Azure or on this machine', () => {
    const namespace = { EventHubConnection__fullyQualifiedNamespace: 'hubs.servicebus.windows.net' };
    const local = { EventHubConnection: 'Endpoint=sb://127.0.0.1:5672;SharedAccessKey=k' };
    const hubOf = (more: object) => loadConfig({ ...complete, ...more }).auditHub;

    expect(hubOf({ LICENSER_AUDIT_HUB: 'log', ...namespace })).toBe('log');
    expect(hubOf({ LICENSER_AUDIT_HUB: 'log', ...local })).toBe('log');
    expect(hubOf(namespace)).toBeNull();
  });

  it('shows no secret when it is printed', () => {
    expect(JSON.stringify(loadConfig(complete))).not.toContain('top-secret');
  });
});

describe('the cloud', () => {
  it.each([
    [
      'https://graph.microsoft.com',
      'https://login.microsoftonline.com',
      'https://graph.microsoft.com/.default',
    ],
    ['https://graph.microsoft.us', 'https://login.microsoftonline.us', 'https://graph.microsoft.us/.default'],
    [
      'https://microsoftgraph.chinacloudapi.cn',
      'https://login.partner.microsoftonline.cn',
      'https://microsoftgraph.chinacloudapi.cn/.default',
    ],
    ['http://127.0.0.1:7072', 'https://login.microsoftonline.com', 'https://graph.microsoft.com/.default'],
  ])('of the Graph at %s is asked for tokens at %s', (origin, authority, scope) => {
    const config = loadConfig({ ...complete, LICENSER_GRAPH_ORIGIN: origin });

    expect([config.authority, graphScope(config.graphOrigin)]).toEqual([authority, scope]);
  });

  it('yields to AZURE_AUTHORITY_HOST', () => {
    const config = loadConfig({ ...complete, AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us/' });

    expect(config.authority).toBe('https://login.microsoftonline.us');
  });

  it('of a Graph token that doctor reads is the same as the Graph’s own', async () => {
    const asked: unknown[] = [];
    const credential = {
      getToken: async (scope: unknown) => {
        asked.push(scope);
        return {
          token: `a.${Buffer.from('{"roles":["User.Read.All"]}').toString('base64url')}.c`,
          expiresOnTimestamp: 0,
        };
      },
    };

    expect(await readClaims(credential, 'https://graph.microsoft.us')).toEqual(['User.Read.All']);
    expect(asked).toEqual(['https://graph.microsoft.us/.default']);
  });
});

describe('parseGraphOrigin', () => {
  it.each([
    ['https://graph.microsoft.com', 'https://graph.microsoft.com'],
    ['https://graph.microsoft.us/', 'https://graph.microsoft.us'],
    ['http://127.0.0.1:7072', 'http://127.0.0.1:7072'],
    ['http://localhost:7072', 'http://localhost:7072'],
    ['http://[::1]:7072', 'http://[::1]:7072'],
  ])('accepts %s', (text, origin) => {
    expect(parseGraphOrigin(text)).toBe(origin);
  });

  it.each([
    'http://graph.microsoft.com',
    'https://graph.microsoft.com.evil.example',
    'https://graph.microsoft.com@evil.example',
    'https://graph.microsoft.com:8443',
    'https://evil.example',
    'https://127.0.0.1.evil.example',
    'http://1270.0.0.1.example',
    'http://10.0.0.1',
    'http://127.0.0.1:7072/path',
    'ftp://127.0.0.1',
    'graph.microsoft.com',
    '',
  ])('refuses "%s"', (text) => {
    expect(() => parseGraphOrigin(text)).toThrow(/LICENSER_GRAPH_ORIGIN/);
  });
});

describe('who signs people in', () => {
  const local = { LICENSER_OPS_AUTHORITY: 'http://127.0.0.1:7075' };

  it('is no issuer of this machine, or of another cloud, beside a real tenant', () => {
    for (const authority of [
      'http://127.0.0.1:7075',
      'https://login.example',
      'https://login.microsoftonline.us',
    ]) {
      expect(() => loadConfig({ ...complete, LICENSER_OPS_AUTHORITY: authority })).toThrow(
        'LICENSER_OPS_AUTHORITY must be the sign-in of the same cloud as Graph',
      );
    }
    expect(() =>
      loadConfig({ ...complete, LICENSER_OPS_AUTHORITY: 'https://login.microsoftonline.com' }),
    ).not.toThrow();
  });

  it('may be the local issuer beside the embedded Graph', () => {
    expect(() =>
      loadConfig({ ...complete, ...local, LICENSER_GRAPH_ORIGIN: 'http://127.0.0.1:7072' }),
    ).not.toThrow();
  });
});
