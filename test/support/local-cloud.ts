import { AzureNamedKeyCredential } from '@azure/data-tables';
import { ServiceBusClient } from '@azure/service-bus';
import { join } from 'node:path';
import { startCloud } from '../../local/cloud';
import type { RunningCloud } from '../../local/cloud';
import { freePorts } from '../../local/cloud-ports';
import { makeControlApi } from '@auto-licenser/graph-emulator/client';
import type { ControlApi, SyncedUser } from '@auto-licenser/graph-emulator/client';
import { sampleSettings } from '../../demo/sample-settings';
import { waitUntilFollowing } from '../../demo/wait-until-following';
import { systemClock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import { systemRandom } from '../../shared/kernel/random';
import { makeTableStores } from '../../shared/store/tables/table-stores';
import type { TableStores } from '../../shared/store/tables/table-stores';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

export const projectRoot = join(__dirname, '..', '..');
/** A schedule that does not come round while a test runs. */
export const never = '0 0 0 1 1 *';

export type TestCloud = {
  readonly cloud: RunningCloud;
  readonly control: ControlApi;
  readonly stores: TableStores;
  /** What the processes wrote, each line headed by its process. */
  readonly lines: readonly string[];
  /** Unexpected ends of processes. */
  readonly exits: readonly string[];
  /** A Graph call as the local app. */
  graph(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Users that a directory sync brings, with exactly these properties. */
  bring(users: readonly Record<string, unknown>[]): Promise<readonly SyncedUser[]>;
  /** Runs a timer function now, as an administrator would. */
  runFunction(name: string): Promise<number>;
  serviceBus(): ServiceBusClient;
  stop(): Promise<void>;
};

/** The embedded cloud and the built app, on free ports, following changes. */
export async function startTestCloud(
  options: {
    readonly policy?: string;
    /** Default: the sample tenant. */
    readonly tenantFile?: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly quotaFactor?: number;
    readonly tablesLocation?: string;
    readonly serviceBusData?: string;
    readonly serviceBusConfig?: string;
    readonly follow?: boolean;
    /** Folder of the functions app, such as one with another host.json; default: the project. */
    readonly appRoot?: string;
    /** Functions in processes of their own: `apply=2,decide=2`. Default: one process for all. */
    readonly instances?: string;
    /** Also those that `instances` does not name. */
    readonly likeFlex?: boolean;
  } = {},
): Promise<TestCloud> {
  const lines: string[] = [];
  const exits: string[] = [];
  const quotaFactor = options.quotaFactor ?? 10;
  const cloud = await startCloud({
    root: projectRoot,
    log: silentLogger,
    ports: freePorts,
    quotaFactor,
    ...(options.tenantFile === undefined ? {} : { tenantFile: options.tenantFile }),
    ...(options.appRoot === undefined ? {} : { appRoot: options.appRoot }),
    ...(options.tablesLocation === undefined ? {} : { tablesLocation: options.tablesLocation }),
    ...(options.serviceBusData === undefined ? {} : { serviceBusData: options.serviceBusData }),
    ...(options.serviceBusConfig === undefined ? {} : { serviceBusConfig: options.serviceBusConfig }),
    ...(options.instances === undefined ? {} : { instances: options.instances }),
    likeFlex: options.likeFlex ?? false,
    settings: {
      ...sampleSettings(options.policy ?? join(projectRoot, 'policy', 'sample-tenant.yaml'), quotaFactor),
      LICENSER_SUBSCRIPTION_SCHEDULE: never,
      // Every five minutes it would take away the dead letters that a test looks at.
      LICENSER_DEAD_LETTER_SCHEDULE: never,
      LICENSER_CENSUS_SCHEDULE: never,
      ...ownSchedules(options.settings?.['LICENSER_DELTA_SCHEDULE']),
      ...options.settings,
    },
    onLine: (name, line) => lines.push(`${name}: ${line}`),
    onProcessExit: (exit) => exits.push(exit.name),
  });
  const test = connectTestCloud(cloud, lines, exits);
  if (options.follow !== false) await follow(test);
  return test;
}

/** The timer of the deltas has due work done; where it never fires, rollouts and waiting lists have timers of their own. */
export function ownSchedules(delta: string | undefined): Readonly<Record<string, string>> {
  return delta === never
    ? { LICENSER_ROLLOUT_SCHEDULE: '*/10 * * * * *', LICENSER_WAITING_SCHEDULE: '*/15 * * * * *' }
    : {};
}

/** Waits until the app follows changes. Stops the cloud when it does not, with the last lines of its processes. */
export async function follow(test: TestCloud): Promise<void> {
  try {
    await test.runFunction('users-delta');
    await waitUntilFollowing(test.cloud.file.functions.origin, 120_000);
  } catch (error) {
    await test.stop();
    throw new Error(`${String(error)}\n${test.lines.slice(-30).join('\n')}`, { cause: error });
  }
}

/** Opens what tests use of a running cloud. `stop` closes that and then stops the cloud in its own way. */
export function connectTestCloud(
  cloud: RunningCloud,
  lines: readonly string[],
  exits: readonly string[],
): TestCloud {
  const { graph, serviceBus, tables, functions } = cloud.file;
  const control = makeControlApi(graph, `http://127.0.0.1:${serviceBus.managementPort}`);
  const clients: ServiceBusClient[] = [];
  const stores = makeTableStores({
    endpoint: tables.endpoint,
    credential: new AzureNamedKeyCredential(tables.accountName, tables.accountKey),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  const runFunction = async (name: string) =>
    (
      await fetch(`${functions.origin}/admin/functions/${name}`, {
        method: 'POST',
        headers: { 'x-functions-key': functions.masterKey, 'content-type': 'application/json' },
        body: '{}',
      })
    ).status;
  let token: string | undefined;
  const signIn = async () => {
    const answer = await fetch(graph.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: graph.clientId,
        client_secret: graph.clientSecret,
        scope: 'https://graph.microsoft.com/.default',
      }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  return {
    cloud,
    control,
    stores,
    lines,
    exits,
    runFunction,
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await cloud.stop();
    },
    graph: async (method, path, body) => {
      token ??= await signIn();
      const answer = await fetch(`${graph.origin}/v1.0${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      // Tokens may be revoked: the next call has another one.
      if (answer.status === 401) token = undefined;
      return {
        status: answer.status,
        body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
      };
    },
    bring: async (users) => {
      const answer = await fetch(`${graph.origin}/_local/users`, {
        method: 'POST',
        headers: controlHeaders(graph),
        body: JSON.stringify(users),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return ((await answer.json()) as { users: SyncedUser[] }).users;
    },
    serviceBus: () => {
      const client = new ServiceBusClient(serviceBus.connectionString, {
        // Only ends what hangs: a busy machine answers late.
        retryOptions: { maxRetries: 2, retryDelayInMs: 100, timeoutInMs: 60_000 },
      });
      clients.push(client);
      return client;
    },
  };
}
