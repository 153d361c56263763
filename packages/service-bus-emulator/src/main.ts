#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UserError, ensureError } from '../../emulator-kit/src/errors';
import { announceReady, stopWithParent } from '../../emulator-kit/src/child-process';
import { insistOnPort, takePort } from '../../emulator-kit/src/free-port';
import { parseConfig, readConfigFile, refuseContradictions } from './config';
import type { ServiceBusConfig } from './config';
import { startServiceBus } from './server';

const usage = `Usage: service-bus-emulator [--config FILE] [--queue NAME]... [--session-queue NAME]...
         [--port 5672] [--management-port 5300] [--host 127.0.0.1] [--data DIR]
         [--tls-port PORT --cert FILE --key FILE]

A Service Bus of queues on this machine: AMQP 1.0 for @azure/service-bus and other clients, HTTP for management.
FILE has the form of the config.json of Microsoft's emulator; event hubs are as in that of its emulator of Event Hubs. --queue and --session-queue add a queue with Azure's
default settings, without and with sessions.
DIR keeps messages over restarts and crashes of this process; without it they are in memory only.
--tls-port opens a second port for AMQP over TLS, with that PEM certificate and key.
A port that is named must be free; without the option a free one is taken when 5672 or 5300 is busy.`;

const defaults = { port: 5672, managementPort: 5300 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'management-port': { type: 'string' },
      config: { type: 'string' },
      queue: { type: 'string', multiple: true, default: [] },
      'session-queue': { type: 'string', multiple: true, default: [] },
      host: { type: 'string' },
      data: { type: 'string' },
      'tls-port': { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const config = readConfig(values.config, values.queue, values['session-queue']);
  const port = await choosePort(values.port, defaults.port, '--port');
  const managementPort = await choosePort(
    values['management-port'],
    defaults.managementPort,
    '--management-port',
  );
  const tls = await readTls(values['tls-port'], values.cert, values.key);
  const { LOCAL_SERVICE_BUS_KEY: key } = process.env;
  const bus = await startServiceBus({
    port,
    managementPort,
    config,
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(key ? { key } : {}),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(tls === undefined ? {} : { tls }),
    onProtocolError: (error) => console.warn(`A client was disconnected: ${error.message}`),
  });
  stopWithParent(() => bus.stop());
  for (const topic of config.topics) {
    console.warn(`The topic "${topic}" of the configuration is not served: this broker has queues only.`);
  }
  // A key that was given is known to who gave it.
  const shown = (text: string) => (key ? text.replace(key, '…') : text);
  console.log(`Service Bus: ${shown(bus.connectionString)}`);
  if (bus.tlsPort !== undefined) console.log(`AMQP on TLS: port ${bus.tlsPort}`);
  if (bus.droppedBytes > 0) {
    console.warn(`The last record of the journal was incomplete; ${bus.droppedBytes} bytes were dropped.`);
  }
  console.log(`Management:  ${shown(bus.administrationConnectionString)}`);
  console.log(`Health:      http://127.0.0.1:${bus.managementPort}/health`);
  console.log(`Queues:      ${config.queues.map((queue) => queue.name).join(', ') || '(none)'}`);
  for (const { name } of config.eventHubs ?? []) console.log(`Event hub:   ${name}, in memory`);
  announceReady({
    port: bus.port,
    managementPort: bus.managementPort,
    connectionString: bus.connectionString,
    administrationConnectionString: bus.administrationConnectionString,
    ...(bus.tlsPort === undefined ? {} : { tlsPort: bus.tlsPort }),
  });
}

function readConfig(
  file: string | undefined,
  queues: readonly string[],
  sessionQueues: readonly string[],
): ServiceBusConfig {
  const named = [
    ...queues.map((Name) => ({ Name })),
    ...sessionQueues.map((Name) => ({ Name, Properties: { RequiresSession: true } })),
  ];
  if (file === undefined && named.length === 0) {
    throw new UserError('service-bus/no-queue', 'There is no queue to serve', {
      hint: 'Pass --config FILE, --queue NAME or --session-queue NAME.',
    });
  }
  const more = parseConfig({ UserConfig: { Namespaces: [{ Name: 'sbemulatorns', Queues: named }] } });
  if (file === undefined) return more;
  const config = readConfigFile(file);
  const all = [...config.queues, ...more.queues];
  refuseContradictions(all);
  return { ...config, queues: all };
}

async function readTls(port: string | undefined, cert: string | undefined, key: string | undefined) {
  if (port === undefined && cert === undefined && key === undefined) return undefined;
  if (port === undefined || cert === undefined || key === undefined) {
    throw new UserError('local/incomplete-tls', '--tls-port, --cert and --key belong together', {
      hint: 'Name all three, or none of them.',
    });
  }
  return {
    port: await choosePort(port, 0, '--tls-port'),
    cert: readPem(cert, '--cert'),
    key: readPem(key, '--key'),
  };
}

function readPem(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UserError('local/unreadable-file', `${option}: ${ensureError(thrown).message}`, {
      hint: 'Pass the path of a PEM file.',
    });
  }
}

async function choosePort(option: string | undefined, standard: number, name: string): Promise<number> {
  if (option === undefined) {
    const port = await takePort(standard);
    if (port !== standard) console.log(`Port ${standard} is busy, taking ${port} instead.`);
    return port;
  }
  const port = Number(option);
  if (!/^\d+$/.test(option) || port > 65_535) {
    throw new UserError('local/bad-port', `${name} ${option} is not a port`, {
      hint: 'A port is a number from 0 (any free one) to 65535.',
    });
  }
  return insistOnPort(port, name);
}

main().catch((thrown: unknown) => {
  const error = ensureError(thrown);
  const isUsage =
    error instanceof UserError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? error.message : error);
  if (error instanceof UserError && error.hint !== undefined) console.error(error.hint);
  process.exitCode = isUsage ? 2 : 1;
  process.exit();
});
