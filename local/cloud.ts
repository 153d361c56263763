import { randomUUID } from 'node:crypto';
import { serveIdentity } from '@auto-licenser/functions-host/identity-endpoint';
import type { ServedIdentity } from '@auto-licenser/functions-host/identity-endpoint';
import { z } from 'zod';
import { isoTime, systemClock } from '../shared/kernel/clock';
import type { Logger } from '../shared/kernel/logger';
import { backendCommands, functionsHostCommand, makeSecrets } from './cloud-commands';
import type { CloudSecrets, Command, CommandOptions } from './cloud-commands';
import { cloudFilePath, removeCloudFile, writeCloudFile, writePrivateJson } from './cloud-file';
import type { LocalCloud } from './cloud-file';
import { defaultPorts, takePorts } from './cloud-ports';
import type { CloudPorts } from './cloud-ports';
import { funcSettingsPath, toFuncSettings } from './func-settings';
import { takePort } from '../packages/emulator-kit/src/free-port';
import { startIssuer } from './identity/issuer';
import type { Issuer } from './identity/issuer';
import { ManagedProcess } from '../packages/emulator-kit/src/managed-process';
import type { ProcessExit } from '../packages/emulator-kit/src/managed-process';

export type ProcessName = 'serviceBus' | 'graph' | 'tables' | 'functions';

export type CloudProcess = {
  /** 0 while it does not run. */
  readonly pid: number;
  /** Default SIGKILL; resolves when the process has ended. Not reported through onProcessExit. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** On the same port, with the same keys; stops it first when it runs. */
  restart(): Promise<void>;
};

export type CloudOptions = Omit<CommandOptions, 'appRoot'> & {
  readonly log: Logger;
  /** Folder of the functions app (package.json, host.json); default: `root`. */
  readonly appRoot?: string;
  /** Over the default ports; `freePorts` takes a free one for each. */
  readonly ports?: Partial<CloudPorts>;
  /** Settings of the app over those of local/app-settings.ts. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Those of an earlier run whose state is taken up; default: new ones. */
  readonly secrets?: CloudSecrets | undefined;
  /** Also serves blobs, which Microsoft's functions host locks its timers with; default: no. */
  readonly blobs?: boolean;
  /** Writes `.licenser/local.json` for the CLI and for further hosts; default: no. */
  readonly writeFile?: boolean;
  /** One line that a process wrote to stderr; default: dropped. */
  readonly onLine?: (process: string, line: string) => void;
  /** A process was started: before it has done anything. */
  readonly onProcessSpawn?: (process: string, pid: number) => void;
  /** A process ended without a call of `kill` or `stop`. */
  readonly onProcessExit?: (exit: ProcessExit) => void;
};

export type RunningCloud = {
  readonly processes: Readonly<Record<ProcessName, CloudProcess>>;
  /** Ports, pids, secrets and settings as they are now. */
  readonly file: LocalCloud;
  /** Says in the file that the first sync is through. */
  markReady(): void;
  /** A further functions host on a free port, with the same settings and keys. */
  addFunctionsHost(): Promise<CloudProcess & { readonly origin: string }>;
  /** Ends every process; all are gone within 5 s. */
  stop(): Promise<void>;
};

const ServiceBusFacts = z.object({
  port: z.number(),
  managementPort: z.number(),
  connectionString: z.string(),
});
const GraphFacts = z.object({ origin: z.string(), tenantId: z.string(), tokenUrl: z.string() });

const stopMs = 2_500;

/**
 * Starts the embedded cloud: Service Bus emulator, Graph emulator and Azurite's tables side by side, then the
 * functions host. Each is a process of its own that ends with this one. Throws, with nothing left running, when
 * one of them does not start; the error carries the last lines it wrote.
 */
export async function startCloud(options: CloudOptions): Promise<RunningCloud> {
  const { root, log, settings = {} } = options;
  const wanted = { ...defaultPorts, ...options.ports };
  // A busy port of a service that is not asked for is no news.
  const ports = await takePorts(options.blobs === true ? wanted : { ...wanted, blobs: 0 }, log);
  const secrets = options.secrets ?? makeSecrets();
  const commandOptions: CommandOptions = { ...options, appRoot: options.appRoot ?? root };
  const startedAt = isoTime(systemClock.now());

  const manage = (name: string, command: Command): ManagedProcess =>
    new ManagedProcess({
      ...command,
      name,
      onLine: (line) => options.onLine?.(name, line),
      onSpawn: (pid) => options.onProcessSpawn?.(name, pid),
      onUnexpectedExit: (exit) => options.onProcessExit?.(exit),
    });
  const commands = backendCommands(commandOptions, ports, secrets);
  const serviceBus = manage('serviceBus', commands.serviceBus);
  const graph = manage('graph', commands.graph);
  const tables = manage('tables', commands.tables);
  const blobs = options.blobs === true ? manage('blobs', commands.blobs) : undefined;
  const hosts: ManagedProcess[] = [];
  const backends = [serviceBus, graph, tables, ...(blobs === undefined ? [] : [blobs])];
  let issuer: Issuer | undefined;
  let managedIdentity: ServedIdentity | undefined;

  const stop = async () => {
    // The hosts first, so that what they have in hand still finds a broker and tables.
    await Promise.all(hosts.map((host) => host.stop(stopMs)));
    await Promise.all(backends.map((backend) => backend.stop(stopMs - 500)));
    await issuer?.close();
    managedIdentity?.stop();
    if (options.writeFile) removeCloudFile(cloudFilePath(root), { startedAt }, [funcSettingsPath(root)]);
  };

  try {
    const starting = [
      serviceBus.start().then((facts) => ServiceBusFacts.parse(facts)),
      graph.start().then((facts) => GraphFacts.parse(facts)),
      tables.start(),
      blobs?.start() ?? Promise.resolve(),
    ] as const;
    // Also after a failure all are waited for, so that nothing is still starting when it is thrown.
    await Promise.allSettled(starting);
    const [serviceBusFacts, graphFacts] = await Promise.all(starting);
    const { tenantId } = graphFacts;
    const clientId = randomUUID();
    issuer = await startIssuer({ port: ports.identity, tenantId, clientId });
    const identity = { origin: issuer.origin, clientId };
    managedIdentity = await serveIdentity({
      source: { ...secrets.graph, tokenUrl: graphFacts.tokenUrl },
      ...secrets.managedIdentity,
      port: ports.managedIdentity,
      clock: systemClock,
      log,
    });
    const { url: endpoint } = managedIdentity;
    let isReady = false;
    const describe = (): LocalCloud => ({
      startedAt,
      ...(isReady ? { ready: true } : {}),
      serviceBus: { ...serviceBusFacts, pid: serviceBus.pid },
      graph: { ...graphFacts, ...secrets.graph, pid: graph.pid },
      tables: {
        ...secrets.tables,
        pid: tables.pid,
        endpoint: `http://127.0.0.1:${ports.tables}/${secrets.tables.accountName}`,
      },
      functions: {
        ...secrets.functions,
        pids: hosts.map((host) => host.pid).filter((pid) => pid !== 0),
        origin: `http://127.0.0.1:${ports.functions}`,
      },
      identity,
      managedIdentity: { endpoint, ...secrets.managedIdentity },
      ...(blobs === undefined
        ? {}
        : {
            blobs: {
              pid: blobs.pid,
              endpoint: `http://127.0.0.1:${ports.blobs}/${secrets.tables.accountName}`,
            },
          }),
      settings,
    });
    const publish = () => {
      if (!options.writeFile) return;
      writeCloudFile(cloudFilePath(root), describe());
      writePrivateJson(funcSettingsPath(root), toFuncSettings(describe(), root));
    };
    const startHost = async (name: string, port: number): Promise<ManagedProcess> => {
      const host = manage(name, functionsHostCommand(commandOptions, port, describe));
      hosts.push(host);
      await host.start();
      publish();
      return host;
    };
    const toCloudProcess = (process: ManagedProcess): CloudProcess => ({
      get pid() {
        return process.pid;
      },
      kill: (signal) => process.kill(signal),
      restart: async () => {
        await process.restart();
        publish();
      },
    });
    const functions = await startHost('functions', ports.functions);
    return {
      processes: {
        serviceBus: toCloudProcess(serviceBus),
        graph: toCloudProcess(graph),
        tables: toCloudProcess(tables),
        functions: toCloudProcess(functions),
      },
      get file() {
        return describe();
      },
      markReady: () => {
        isReady = true;
        publish();
      },
      addFunctionsHost: async () => {
        const port = await takePort(0);
        const host = await startHost(`functions-${hosts.length + 1}`, port);
        return Object.defineProperty({ ...toCloudProcess(host), origin: `http://127.0.0.1:${port}` }, 'pid', {
          get: () => host.pid,
        });
      },
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}
