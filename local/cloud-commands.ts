import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { childEnvironment, toAppSettings, toHostSettings } from './app-settings';
import type { LocalCloud } from './cloud-file';
import type { CloudPorts } from './cloud-ports';
import type { ManagedProcessOptions } from '../packages/emulator-kit/src/managed-process';
import { packageBin } from './package-bin';

/** The processes that the functions hosts work against; blobs only where they are asked for. */
export type BackendName = 'serviceBus' | 'graph' | 'tables' | 'blobs';

/** What a process is started with. */
export type Command = Pick<ManagedProcessOptions, 'entry' | 'args' | 'env' | 'cwd' | 'startLimitMs'>;

export type CommandOptions = {
  /** The project's folder. */
  readonly root: string;
  /** The folder of the functions app. */
  readonly appRoot: string;
  readonly tenantFile?: string | undefined;
  readonly quotaFactor?: number | undefined;
  /** File of the Graph emulator's state; an existing one is read instead of the tenant file. undefined: in memory. */
  readonly graphData?: string | undefined;
  /** Folder of the tables; undefined: in memory. */
  readonly tablesLocation?: string | undefined;
  /** File of rows that the tables have from the start (local/tables/table-rows.ts); undefined: they begin empty. */
  readonly tablesRows?: string | undefined;
  /** Folder of the Service Bus emulator's data; undefined: in memory. */
  readonly serviceBusData?: string | undefined;
  /** Configuration of the Service Bus emulator; default: local/service-bus.config.json. */
  readonly serviceBusConfig?: string | undefined;
  readonly logLevel?: string | undefined;
  /** Functions in processes of their own, such as `apply=8,decide=3`. Default: one process for all. */
  readonly instances?: string | undefined;
  /** Also those that `instances` does not name, one each; default: they share a process. */
  readonly likeFlex?: boolean | undefined;
};

/** Fresh for every cloud, known to its own processes only. */
export type CloudSecrets = {
  readonly tables: { readonly accountName: string; readonly accountKey: string };
  readonly graph: { readonly clientId: string; readonly clientSecret: string; readonly controlKey: string };
  readonly managedIdentity: { readonly header: string };
  readonly functions: {
    readonly masterKey: string;
    readonly functionKey: string;
    readonly clientState: string;
  };
};

const secret = () => randomBytes(32).toString('base64url');

/** Keys and ids for one cloud, drawn at random. */
export function makeSecrets(): CloudSecrets {
  return {
    tables: { accountName: 'licenserlocal', accountKey: randomBytes(64).toString('base64') },
    graph: { clientId: randomUUID(), clientSecret: secret(), controlKey: secret() },
    managedIdentity: { header: secret() },
    functions: { masterKey: secret(), functionKey: secret(), clientState: secret() },
  };
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}`, `${value}`];
}

/** Twenty processes load the app one after another; a tenant of 100,000 users is read from a file. */
const longStartLimitMs = 300_000;

/** What the processes are started with that the functions hosts work against. */
export function backendCommands(
  options: CommandOptions,
  ports: CloudPorts,
  secrets: CloudSecrets,
): Record<BackendName, Command> {
  const { root, tenantFile, graphData, quotaFactor, tablesLocation, tablesRows, serviceBusData } = options;
  const serviceBusConfig = options.serviceBusConfig ?? join(root, 'local', 'service-bus.config.json');
  const env = (own: Record<string, string>) => () => ({ ...childEnvironment(process.env), ...own });
  const azurite = {
    entry: join(root, 'dist', 'local', 'azurite-process.js'),
    env: env({ AZURITE_ACCOUNTS: `${secrets.tables.accountName}:${secrets.tables.accountKey}` }),
    cwd: root,
  };
  return {
    serviceBus: {
      entry: packageBin(root, '@auto-licenser/service-bus-emulator'),
      args: () => [
        ...option('port', ports.serviceBus),
        ...option('management-port', ports.serviceBusManagement),
        ...option('config', serviceBusConfig),
        ...option('data', serviceBusData),
      ],
      env: env({}),
      cwd: root,
    },
    graph: {
      entry: packageBin(root, '@auto-licenser/graph-emulator'),
      args: () => [
        ...option('port', ports.graph),
        ...option('tenant', tenantFile),
        ...option('data', graphData),
        ...option('quota-factor', quotaFactor),
      ],
      env: env({
        LOCAL_GRAPH_CLIENT_ID: secrets.graph.clientId,
        LOCAL_GRAPH_CLIENT_SECRET: secrets.graph.clientSecret,
        LOCAL_GRAPH_CONTROL_KEY: secrets.graph.controlKey,
      }),
      cwd: root,
      startLimitMs: tenantFile === undefined && graphData === undefined ? undefined : longStartLimitMs,
    },
    tables: {
      ...azurite,
      args: () => [
        ...option('port', ports.tables),
        ...option('location', tablesLocation),
        ...option('rows', tablesRows),
      ],
      startLimitMs: tablesRows === undefined && tablesLocation === undefined ? undefined : longStartLimitMs,
    },
    blobs: { ...azurite, args: () => [...option('port', ports.blobs), ...option('service', 'blob')] },
  };
}

/** A functions host of the cloud; `cloud` is asked at every start, so that a restart sees what is true then. */
export function functionsHostCommand(
  options: CommandOptions,
  port: number,
  cloud: () => LocalCloud,
): Command {
  const { root, appRoot, logLevel, instances, likeFlex } = options;
  return {
    entry: packageBin(root, '@auto-licenser/functions-host'),
    args: () => [
      ...option('port', port),
      ...option('app-root', appRoot),
      ...option('instances', instances),
      ...(likeFlex === true ? ['--like-flex'] : []),
    ],
    startLimitMs: instances === undefined ? undefined : longStartLimitMs,
    env: () => ({
      ...childEnvironment(process.env),
      ...toAppSettings(cloud(), root),
      ...toHostSettings(cloud()),
      ...(logLevel !== undefined && { LOCAL_LOG_LEVEL: logLevel }),
    }),
    cwd: root,
  };
}
