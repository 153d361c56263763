import { randomBytes } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Clock } from '../../shared/kernel/clock';
import { systemClock } from '../../shared/kernel/clock';
import { UserError } from '../../shared/kernel/errors';
import { AmqpError } from './amqp/amqp-error';
import { AmqpConnection } from './amqp/connection';
import type { ServiceBusConfig } from './config';
import { Broker } from './engine/broker';
import type { QueueCounters } from './engine/counters';
import { memoryJournal } from './engine/journal';
import { Front } from './front/front';
import { createManagementServer } from './http/management-server';

export type ServiceBusOptions = {
  /** 0: a free one. */
  readonly port: number;
  readonly managementPort: number;
  readonly config: ServiceBusConfig;
  readonly clock?: Clock;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** A client that is silent for this long is dropped, milliseconds; default as Azure, 240 s. */
  readonly idleTimeoutMs?: number;
  readonly onProtocolError?: (error: Error) => void;
};

export type RunningServiceBus = {
  readonly port: number;
  readonly managementPort: number;
  readonly connectionString: string;
  readonly counters: () => { readonly queues: Readonly<Record<string, QueueCounters>> };
  /** Cuts every connection without a word, as a failing network would. For tests. */
  readonly dropConnections: () => void;
  readonly stop: () => Promise<void>;
};

const defaultIdleTimeoutMs = 240_000;

/** Starts a broker in this process; it serves once the promise is fulfilled. */
export async function startServiceBus(options: ServiceBusOptions): Promise<RunningServiceBus> {
  const { config, clock = systemClock, host = '127.0.0.1' } = options;
  const journal = memoryJournal;
  const broker = new Broker({ clock, journal, newToken: () => randomBytes(16).toString('hex') });
  for (const queue of config.queues) broker.create(queue.name, queue.settings);
  const front = new Front(broker);
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
  const port = await listen(amqp, options.port, host);
  const management = createManagementServer({ broker, namespace: config.namespace, amqpPort: port });
  const managementPort = await listen(management, options.managementPort, host).catch(async (thrown) => {
    await close(amqp);
    throw thrown;
  });

  return {
    port,
    managementPort,
    connectionString: toConnectionString(host, port),
    counters: () => ({ queues: broker.counters() }),
    dropConnections: () => {
      for (const connection of connections) connection.destroy();
    },
    stop: async () => {
      const closed = Promise.all([close(amqp), close(management)]);
      for (const connection of connections) {
        connection.close(new AmqpError('amqp:connection:forced', 'The broker is being stopped'));
      }
      management.closeAllConnections();
      await closed;
      broker.stop();
      journal.commit();
    },
  };
}

/** The form Microsoft's emulator documents; the key is not a secret, every key is accepted. */
export function toConnectionString(host: string, port: number): string {
  const parts = [
    `Endpoint=sb://${host}:${port}`,
    'SharedAccessKeyName=RootManageSharedAccessKey',
    'SharedAccessKey=SAS_KEY_VALUE',
    'UseDevelopmentEmulator=true',
  ];
  return `${parts.join(';')};`;
}

function listen(server: Server | HttpServer, port: number, host: string): Promise<number> {
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

function close(server: Server | HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
