#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../shared/kernel/clock';
import { UserError, ensureError } from '../../../shared/kernel/errors';
import type { Logger } from '../../../shared/kernel/logger';
import { systemRandom } from '../../../shared/kernel/random';
import { Secret } from '../../../shared/kernel/secret';
import { announceReady, stopWithParent } from '../../../local/child-process';
import { insistOnPort } from '../../../local/free-port';
import { startFunctionsHost } from './functions-host';
import { makeLineLogger, toSeverity } from './host-log';
import { IdentityEndpoint } from './identity-endpoint';
import { joinCloud } from '../../../local/join-cloud';

const usage = `Usage: npm run local:functions -- [--port PORT] [--app-root DIR]

Runs the built functions as Azure does. Without a starter it joins the running embedded cloud (npm start)
as a further host on a free port.

  --port PORT      listen here (default: a free port)
  --app-root DIR   folder with package.json and host.json (default: the current folder; a cloud to join is
                   looked for in the current folder's .licenser/local.json)
`;

const graceMs = 2_000;

/** Takes a variable out of the environment: the app has no business with the host's own secrets. */
function takeVariable(name: string): string | undefined {
  const value = process.env[name];
  delete process.env[name];
  return value;
}

function takeKey(name: string): Secret {
  return new Secret(takeVariable(name) ?? randomBytes(32).toString('base64url'));
}

async function startIdentityEndpoint(log: Logger): Promise<void> {
  const tokenUrl = takeVariable('LOCAL_TOKEN_URL');
  const clientId = takeVariable('LOCAL_TOKEN_CLIENT_ID') ?? '';
  const clientSecret = takeKey('LOCAL_TOKEN_CLIENT_SECRET');
  if (tokenUrl === undefined) return;
  const header = new Secret(randomBytes(32).toString('base64url'));
  const source = { tokenUrl, clientId, clientSecret };
  const identity = new IdentityEndpoint({ source, header, clock: systemClock, log });
  await identity.start();
  process.env['IDENTITY_ENDPOINT'] = identity.url;
  process.env['IDENTITY_HEADER'] = header.reveal();
}

function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UserError('functions-host/bad-port', `"${text}" is not a port`, {
    hint: 'Ports go from 0 to 65535.',
  });
}

async function run(log: Logger): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'app-root': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const appRoot = resolve(values['app-root'] ?? '.');
  const port = values.port === undefined ? 0 : await insistOnPort(parsePort(values.port), '--port');
  if (process.env['LOCAL_MASTER_KEY'] === undefined)
    Object.assign(process.env, await joinCloud(resolve('.')));
  const keys = { master: takeKey('LOCAL_MASTER_KEY'), host: takeKey('LOCAL_FUNCTION_KEY') };
  await startIdentityEndpoint(log);
  const host = await startFunctionsHost({
    appRoot,
    port,
    keys,
    settings: process.env,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  stopWithParent(() => host.stop(graceMs), graceMs + 500);
  log.info('Functions host is ready', { origin: host.origin, functions: host.functions.join(', ') });
  announceReady({ port: host.port, origin: host.origin, functions: host.functions });
}

const log = makeLineLogger({
  format: takeVariable('LOCAL_LOG_FORMAT') === 'json' ? 'json' : 'text',
  least: toSeverity(takeVariable('LOCAL_LOG_LEVEL')),
  write: (line) => void process.stderr.write(`${line}\n`),
  now: () => systemClock.now(),
});

// A promise that the app forgot to await must not end the host; it is a defect of the app and is shown as one.
process.on('unhandledRejection', (reason) => {
  const error = ensureError(reason);
  log.error('A promise was rejected and nobody handled it', { error: error.stack ?? error.message });
});

run(log).catch((thrown: unknown) => {
  const error = ensureError(thrown);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isUsage = error instanceof UserError || code.startsWith('ERR_PARSE_ARGS');
  const hint = error instanceof UserError ? error.hint : 'Ask with --help for the options.';
  log.error(error.message, isUsage ? { hint } : { stack: error.stack });
  process.exitCode = isUsage ? 2 : 1;
  // What was started before the failure (listeners) must not keep a half-started host alive.
  process.exit();
});
