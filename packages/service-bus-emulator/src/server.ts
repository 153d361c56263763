import type { Server as HttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Clock } from '../../emulator-kit/src/clock';
import { systemClock } from '../../emulator-kit/src/clock';
import { UserError } from '../../emulator-kit/src/errors';
import { AmqpError } from './amqp/amqp-error';
import { AmqpConnection } from './amqp/connection';
import type { ServiceBusConfig } from './config';
import { Broker } from './engine/broker';
import type { QueueCounters } from './engine/counters';
import { memoryJournal } from './engine/journal';
import { restore, snapshot } from './engine/restore';
import { HubFront } from './event-hubs/hub-front';
import { Front } from './front/front';
import { createManagementServer } from './http/management-server';
import { FileJournal } from './store/file-journal';
import { makeTokenSource } from './token-source';

export type ServiceBusOptions = {
  /** 0: a free one. */
  readonly port: number;
  readonly managementPort: number;
  readonly config: ServiceBusConfig;
  readonly clock?: Clock;
  /** A directory to keep messages in; without it they live and die with the process. */
  readonly data?: string;
  /** A second port for AMQP over TLS, beside the plain one. Key and certificate are PEM. */
  readonly tls?: { readonly port: number; readonly cert: string; readonly key: string };
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The key that tokens must be signed with; absent: every token is accepted, as by Microsoft's emulator. */
  readonly key?: string;
  /** A client that is silent for this long is dropped, milliseconds; default as Azure, 240 s. */
  readonly idleTimeoutMs?: number;
  readonly onProtocolError?: (error: Error) => void;
};

export type RunningServiceBus = {
  readonly port: number;
  readonly managementPort: number;
  readonly tlsPort: number | undefined;
  readonly connectionString: string;
  /** For an administration client: the same, on the management port. */
  readonly administrationConnectionString: string;
  /** Bytes of a torn last record that were cut off the journal. */
  readonly droppedBytes: number;
  readonly counters: () => { readonly queues: Readonly<Record<string, QueueCounters>> };
  /** Cuts every connection without a word, as a failing network would. For tests. */
  readonly dropConnections: () => void;
  readonly stop: () => Promise<void>;
};

const defaultIdleTimeoutMs = 240_000;

/** Starts a broker in this process; it serves once the promise is fulfilled. */
export async function startServiceBus(options: ServiceBusOptions): Promise<RunningServiceBus> {
  const { config, clock = systemClock, host = '127.0.0.1' } = options;
  const file = options.data === undefined ? undefined : new FileJournal(options.data);
  const journal = file?.journal ?? memoryJournal;
  const broker = new Broker({ clock, journal, newToken: makeTokenSource(), namespace: config.namespace });
  for (const record of file?.loaded ?? []) restore(broker, record);
  insistOnTargets(broker, config.queues);
  file?.record(() => snapshot(broker));
  for (const queue of config.queues) defineQueue(broker, queue);
  broker.start();
  journal.commit();
  const key = options.key === undefined ? undefined : { name: keyName, key: options.key };
  const front = new Front(broker, new HubFront(config.eventHubs ?? [], clock), key);
  const connections = new Set<AmqpConnection>();
  const onSocket = (socket: Socket) => {
    connections.add(
      new AmqpConnection(socket, {
        containerId: config.namespace,
        idleTimeoutMs: options.idleTimeoutMs ?? defaultIdleTimeoutMs,
        route: front.route,
        beforeFlush: () => journal.commit(),
        onClosed: (connection) => connections.delete(connection),
        onProtocolError: options.onProtocolError ?? (() => undefined),
      }),
    );
  };
  const amqp = createServer(onSocket);
  const tls = options.tls && createTlsServer({ cert: options.tls.cert, key: options.tls.key }, onSocket);
  const servers: Stoppable[] = [];
  const stopServers = () => Promise.all(servers.map(close));
  try {
    const port = await listen(amqp, options.port, host);
    servers.push(amqp);
    const tlsPort = tls && options.tls ? await listen(tls, options.tls.port, host) : undefined;
    if (tls) servers.push(tls);
    const management = createManagementServer({
      broker,
      namespace: config.namespace,
      amqpPort: port,
      key,
      isLocal: /^(?:127\.|localhost$|::1$)/.test(host),
    });
    const managementPort = await listen(management, options.managementPort, host);
    servers.push(management);
    return {
      port,
      managementPort,
      tlsPort,
      droppedBytes: file?.droppedBytes ?? 0,
      connectionString: toConnectionString(host, port, options.key),
      administrationConnectionString: toConnectionString(host, managementPort, options.key),
      counters: () => ({ queues: broker.counters() }),
      dropConnections: () => {
        for (const connection of connections) connection.destroy();
      },
      stop: async () => {
        const closed = stopServers();
        for (const connection of connections) {
          connection.close(new AmqpError('amqp:connection:forced', 'The broker is being stopped'));
        }
        management.closeAllConnections();
        await closed;
        broker.stop();
        file?.close();
      },
    };
  } catch (thrown) {
    await stopServers();
    broker.stop();
    file?.close();
    throw thrown;
  }
}

/** What the configuration says wins over what was kept, but for what cannot be changed under messages. */
function defineQueue(broker: Broker, { name, settings }: ServiceBusConfig['queues'][number]): void {
  const kept = broker.find(name);
  if (!kept) {
    broker.create(name, settings);
    return;
  }
  if (kept.settings.requiresSession !== settings.requiresSession) {
    throw new UserError('service-bus/data-mismatch', `The kept queue "${name}" differs in RequiresSession`, {
      hint: 'Restore that setting, or start with an empty --data directory.',
    });
  }
  broker.update(name, settings);
}

/** The service refuses to forward to what does not exist. */
function insistOnTargets(broker: Broker, queues: ServiceBusConfig['queues']): void {
  const names = new Set(queues.map(({ name }) => name.toLowerCase()));
  for (const { name, settings } of queues) {
    for (const target of [settings.forwardTo, settings.forwardDeadLetteredMessagesTo]) {
      if (target === undefined || names.has(target.toLowerCase()) || broker.find(target)) continue;
      throw new UserError(
        'service-bus/missing-target',
        `The queue "${name}" forwards to "${target}", which is not there`,
        {
          hint: `Add the queue "${target}" to the configuration, or leave the forwarding out.`,
        },
      );
    }
  }
}

const keyName = 'RootManageSharedAccessKey';

/** The form Microsoft's emulator documents. Without a key of its own the broker accepts every key, so this one is no secret. */
export function toConnectionString(host: string, port: number, key = 'SAS_KEY_VALUE'): string {
  const parts = [
    `Endpoint=sb://${host}:${port}`,
    `SharedAccessKeyName=${keyName}`,
    `SharedAccessKey=${key}`,
    'UseDevelopmentEmulator=true',
  ];
  return `${parts.join(';')};`;
}

type Stoppable = Server | HttpServer;

function listen(server: Stoppable, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new UserError('local/port-busy', `Port ${port} is in use on ${host}`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Stoppable): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
