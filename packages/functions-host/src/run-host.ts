import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { systemClock } from '../../emulator-kit/src/clock';
import { UserError, ensureError } from '../../emulator-kit/src/errors';
import type { Logger } from '../../emulator-kit/src/logger';
import { systemRandom } from '../../emulator-kit/src/random';
import { Secret } from '../../emulator-kit/src/secret';
import { announceReady, stopWithParent } from '../../emulator-kit/src/child-process';
import type { Clock } from '../../emulator-kit/src/clock';
import { startFunctionsHost } from './functions-host';
import { readArguments } from './host-arguments';
import type { HostArguments } from './host-arguments';
import { makeLineLogger, toSeverity } from './host-log';
import { IdentityEndpoint } from './identity-endpoint';
import { runInstances } from './instances/run-instances';
import { timerTakeOverOf } from './timers/take-over';

const usage = `Usage: functions-host [--port PORT] [--app-root DIR] [--settings FILE]
                      [--like-flex] [--instances NAME=COUNT,…] [--group GROUP] [--without GROUP,…]

Runs a Node.js Azure Functions app as Azure does: HTTP, timers, Service Bus queues.

  --port PORT      listen here (default: a free port)
  --app-root DIR   folder with package.json and host.json (default: the current folder)
  --settings FILE  a local.settings.json; what the environment has already stays as it is
  --like-flex      each function in processes of its own, as on Flex Consumption (HTTP functions share one)
  --instances LIST how many processes these have, such as apply=8,decide=3; without --like-flex all others share one
  --group GROUP    run one scale group only: http, or function:NAME
  --without LIST   run all scale groups but these
`;

export type RunHostOptions = {
  /** The text of --help; default: that of the package's own bin. */
  readonly usage?: string;
  /**
   * Settings of a starter that has the functions joined to something of its own, put into the environment before
   * the app is loaded. Asked only when the arguments are right and no parent process gave the keys.
   */
  readonly findSettings?: () => Promise<Readonly<Record<string, string>>>;
  /** What timers go by; default: the system's. A benchmark moves it, so that an hour of timers takes a minute. */
  readonly clock?: Clock;
};

const graceMs = 2_000;

/** Takes a variable out of the environment: the app must not see the host's own secrets. */
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

const SettingsFile = z.object({ Values: z.record(z.string(), z.string()) });

function readSettingsFile(path: string): Readonly<Record<string, string>> {
  try {
    return SettingsFile.parse(JSON.parse(readFileSync(path, 'utf8'))).Values;
  } catch (cause) {
    throw new UserError('functions-host/bad-settings', `${path} cannot be read as a local.settings.json`, {
      hint: 'It must be JSON with an object "Values" of texts. Encrypted files are not read.',
      cause,
    });
  }
}

function addToEnvironment(settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
}

type Running = {
  readonly port: number;
  readonly origin: string;
  readonly functions: readonly string[];
  readonly groups?: readonly string[];
  stop(graceMs: number): Promise<void>;
};

type Keys = { readonly master: Secret; readonly host: Secret };

async function startHere(
  { appRoot, port, group, without }: HostArguments,
  keys: Keys,
  clock: Clock,
  log: Logger,
): Promise<Running> {
  await startIdentityEndpoint(log);
  return startFunctionsHost({
    appRoot,
    port,
    keys,
    group,
    without,
    timerTakeOver: timerTakeOverOf({ group, without }),
    settings: process.env,
    clock,
    random: systemRandom,
    log,
  });
}

/** Each instance is this program again, with the environment as it was before the keys were taken out. */
async function startInstances(
  { appRoot, port, counts = new Map(), isEachAlone }: HostArguments,
  keys: Keys,
  env: NodeJS.ProcessEnv,
  log: Logger,
): Promise<Running> {
  const own = { LOCAL_MASTER_KEY: keys.master.reveal(), LOCAL_FUNCTION_KEY: keys.host.reveal() };
  const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return runInstances({
    appRoot,
    port,
    counts,
    isEachAlone,
    env: { ...(Object.fromEntries(given) as Record<string, string>), ...own },
    clock: systemClock,
    log,
    onLine: (instance, line) => void process.stderr.write(`${instance} ${line}\n`),
  });
}

async function run(log: Logger, options: RunHostOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const asked = await readArguments();
  if (asked === undefined) {
    process.stdout.write(options.usage ?? usage);
    return;
  }
  if (asked.settings !== undefined) addToEnvironment(readSettingsFile(asked.settings));
  if (process.env['LOCAL_MASTER_KEY'] === undefined)
    Object.assign(process.env, await options.findSettings?.());
  // A starter that gave no key has to be told the one that is made here.
  const isKeyGiven = process.env['LOCAL_MASTER_KEY'] !== undefined;
  const whole = { ...process.env, ...env };
  const keys = { master: takeKey('LOCAL_MASTER_KEY'), host: takeKey('LOCAL_FUNCTION_KEY') };
  const host =
    asked.counts === undefined
      ? await startHere(asked, keys, options.clock ?? systemClock, log)
      : await startInstances(asked, keys, whole, log);
  stopWithParent(() => host.stop(graceMs), graceMs + 500);
  log.info('Functions host is ready', { origin: host.origin, functions: host.functions.join(', ') });
  if (!isKeyGiven && !process.connected) {
    process.stdout.write(
      `Functions ${host.origin}\nMaster key ${keys.master.reveal()}\nFunction key ${keys.host.reveal()}\n`,
    );
  }
  const { port, origin, functions, groups } = host;
  announceReady({ port, origin, functions, groups });
}

/**
 * The program: reads process.argv, loads the app and serves until the process is told to stop. Errors are logged;
 * the exit code is then 2 for wrong input and 1 for anything else.
 */
export function runHost(options: RunHostOptions = {}): void {
  const env = { ...process.env };
  const log = makeLineLogger({
    format: takeVariable('LOCAL_LOG_FORMAT') === 'json' ? 'json' : 'text',
    least: toSeverity(takeVariable('LOCAL_LOG_LEVEL')),
    write: (line) => void process.stderr.write(`${line}\n`),
    now: () => systemClock.now(),
  });

  // A promise that the app forgot to await must not end the host; it is a defect of the app and is shown as one.
  process.on('unhandledRejection', (reason) => {
    const error = ensureError(reason);
    log.error('A promise was rejected and no code handled it', { error: error.stack ?? error.message });
  });

  run(log, options, env).catch((thrown: unknown) => {
    const error = ensureError(thrown);
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const isUsage = error instanceof UserError || code.startsWith('ERR_PARSE_ARGS');
    const hint = error instanceof UserError ? error.hint : 'Ask with --help for the options.';
    log.error(error.message, isUsage ? { hint } : { stack: error.stack });
    process.exitCode = isUsage ? 2 : 1;
    // What was started before the failure (listeners) must not keep a half-started host alive.
    process.exit();
  });
}
