import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError, ensureError } from '../../shared/kernel/errors';
import { announceReady, stopWithParent } from '../child-process';
import { insistOnPort, takePort } from '../free-port';
import { readConfigFile } from './config';
import { startServiceBus } from './server';

const usage = `Usage: local:service-bus -- [--port 5672] [--management-port 5300] [--config FILE] [--host 127.0.0.1]

A Service Bus of queues on this machine: AMQP 1.0 for @azure/service-bus and other clients, HTTP for management.
FILE has the form of the config.json of Microsoft's emulator; default local/service-bus.config.json.
A port that is named must be free; without the option a free one is taken when 5672 or 5300 is busy.`;

const defaults = { port: 5672, managementPort: 5300 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'management-port': { type: 'string' },
      config: { type: 'string' },
      host: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const config = readConfigFile(values.config ?? join(process.cwd(), 'local', 'service-bus.config.json'));
  const port = await choosePort(values.port, defaults.port, '--port');
  const managementPort = await choosePort(
    values['management-port'],
    defaults.managementPort,
    '--management-port',
  );
  const bus = await startServiceBus({
    port,
    managementPort,
    config,
    ...(values.host === undefined ? {} : { host: values.host }),
    onProtocolError: (error) => console.warn(`A client was disconnected: ${error.message}`),
  });
  stopWithParent(() => bus.stop());
  for (const topic of config.topics) {
    console.warn(`The topic "${topic}" of the configuration is not served: this broker has queues only.`);
  }
  console.log(`Service Bus: ${bus.connectionString}`);
  console.log(`Management:  http://127.0.0.1:${bus.managementPort}/health`);
  console.log(`Queues:      ${config.queues.map((queue) => queue.name).join(', ') || '(none)'}`);
  announceReady({
    port: bus.port,
    managementPort: bus.managementPort,
    connectionString: bus.connectionString,
  });
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
