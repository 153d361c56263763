import { join } from 'node:path';
import type { LocalCloud } from './cloud-file';

/** The connection string of the cloud's tables, and of its blobs where it has some, as AzureWebJobsStorage takes it. */
export function storageConnectionString({ tables, blobs }: Pick<LocalCloud, 'tables' | 'blobs'>): string {
  const { accountName, accountKey, endpoint } = tables;
  const blobEndpoint = blobs === undefined ? '' : `BlobEndpoint=${blobs.endpoint};`;
  return `DefaultEndpointsProtocol=http;AccountName=${accountName};AccountKey=${accountKey};${blobEndpoint}TableEndpoint=${endpoint};`;
}

/** Where Graph sends change notifications: the app's own function, with the key that opens it. */
function notificationUrl(functions: LocalCloud['functions']): string {
  return `${functions.origin}/api/graph-notification?code=${encodeURIComponent(functions.functionKey)}`;
}

/** The settings of the app (docs/settings.md) as a functions host of this cloud gets them. */
export function toAppSettings(cloud: LocalCloud, root: string): Record<string, string> {
  return {
    ServiceBusConnection: cloud.serviceBus.connectionString,
    EventHubConnection: cloud.serviceBus.connectionString,
    AzureWebJobsStorage: storageConnectionString(cloud),
    LICENSER_TENANT_ID: cloud.graph.tenantId,
    LICENSER_GRAPH_ORIGIN: cloud.graph.origin,
    LICENSER_TABLES_ENDPOINT: cloud.tables.endpoint,
    LICENSER_TABLES_KEY: cloud.tables.accountKey,
    LICENSER_POLICY_PATH: join(root, 'policy', 'licensing.yaml'),
    LICENSER_CLIENT_STATE: cloud.functions.clientState,
    LICENSER_NOTIFICATION_URL: notificationUrl(cloud.functions),
    LICENSER_LANES: '32',
    LICENSER_QUOTA_SHARE: '0.8',
    LICENSER_DELTA_SCHEDULE: '*/15 * * * * *',
    LICENSER_SERVICE_BUS_MANAGEMENT: `http://127.0.0.1:${cloud.serviceBus.managementPort}`,
    ...(cloud.identity === undefined
      ? {}
      : {
          LICENSER_OPS_CLIENT_ID: cloud.identity.clientId,
          LICENSER_OPS_AUTHORITY: cloud.identity.origin,
        }),
    ...cloud.settings,
  };
}

const inherited = [
  'PATH',
  'HOME',
  'TZ',
  'LANG',
  'NODE_EXTRA_CA_CERTS',
  'NO_COLOR',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
];

/** The few variables of the own environment that a child may see: nothing that changes what the app does. */
export function childEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    inherited.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** What the functions host itself needs; it removes these from its environment before it loads the app. */
export function toHostSettings(cloud: LocalCloud): Record<string, string> {
  return {
    LOCAL_MASTER_KEY: cloud.functions.masterKey,
    LOCAL_FUNCTION_KEY: cloud.functions.functionKey,
    LOCAL_TOKEN_URL: cloud.graph.tokenUrl,
    LOCAL_TOKEN_CLIENT_ID: cloud.graph.clientId,
    LOCAL_TOKEN_CLIENT_SECRET: cloud.graph.clientSecret,
  };
}
