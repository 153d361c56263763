import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { takePort } from '../../../emulator-kit/src/free-port';
import { ManagedProcess } from '../../../emulator-kit/src/managed-process';

const packageRoot = join(__dirname, '..', '..');
/** Folder of an app whose functions record what they see. */
export const fixtureApp = join(packageRoot, 'test', 'fixture-app');
/** Opens /admin of the host. */
export const masterKey = 'master-key-of-the-test';
/** Opens HTTP functions of authLevel function. */
export const functionKey = 'function-key-of-the-test';

export type HostProcess = {
  readonly process: ManagedProcess;
  readonly origin: string;
  readonly functions: readonly string[];
  /** Lines of its stderr so far. */
  readonly lines: readonly string[];
  readonly unexpectedExits: readonly unknown[];
};

function environment(own: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...own };
}

/** The built functions host as a process of its own, on a free port, with the fixture app unless told otherwise. */
export async function startHostProcess(
  env: Readonly<Record<string, string>> = {},
  appRoot = fixtureApp,
  moreArgs: readonly string[] = [],
): Promise<HostProcess> {
  const lines: string[] = [];
  const unexpectedExits: unknown[] = [];
  const child = new ManagedProcess({
    name: 'functions',
    entry: join(packageRoot, 'dist', 'functions-host', 'src', 'main.js'),
    args: () => ['--port', '0', '--app-root', appRoot, ...moreArgs],
    env: () => environment({ LOCAL_MASTER_KEY: masterKey, LOCAL_FUNCTION_KEY: functionKey, ...env }),
    cwd: packageRoot,
    onLine: (line) => lines.push(line),
    onUnexpectedExit: (exit) => unexpectedExits.push(exit),
  });
  const facts = await child.start();
  return {
    process: child,
    origin: facts['origin'] as string,
    functions: facts['functions'] as string[],
    lines,
    unexpectedExits,
  };
}

export type TablesProcess = {
  /** Azurite's connection string; a restart keeps it, and drops the rows. */
  readonly connectionString: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const azurite = join(dirname(require.resolve('azurite/package.json')), 'dist', 'src', 'table', 'main.js');

/** Azurite's table service, in memory: the store of the timers' leases. */
export async function startTablesProcess(): Promise<TablesProcess> {
  const port = await takePort(0);
  const accountName = 'hosttest';
  const accountKey = randomBytes(64).toString('base64');
  const location = ['--inMemoryPersistence', '--silent', '--skipApiVersionCheck', '--disableTelemetry'];
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(
      process.execPath,
      [azurite, '--tableHost', '127.0.0.1', '--tablePort', `${port}`, ...location],
      { stdio: 'ignore', env: environment({ AZURITE_ACCOUNTS: `${accountName}:${accountKey}` }) },
    );
    await waitFor('Azurite', () => answers(port));
  };
  const kill = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  const endpoint = `http://127.0.0.1:${port}/${accountName}`;
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${accountName};AccountKey=${accountKey};TableEndpoint=${endpoint};`,
    start,
    kill,
    stop: kill,
  };
}

/** True once something listens there. */
function answers(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

/** Asks again and again until the answer is not undefined; fails after `limitMs`. */
export async function waitFor<Value>(
  what: string,
  look: () => Promise<Value | undefined> | Value | undefined,
  limitMs = 120_000,
): Promise<Value> {
  const end = Date.now() + limitMs;
  // Looking often costs the processor time of what is waited for.
  for (let pauseMs = 20; ; pauseMs = Math.min(200, 1.5 * pauseMs)) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

export type JournalEntry = {
  readonly at: number;
  readonly function: string;
  readonly body?: unknown;
  readonly concurrent?: number;
  readonly done?: unknown;
  readonly metadata?: Record<string, unknown>;
  readonly timer?: { isPastDue: boolean; scheduleStatus: { last: string; next: string } | null };
  /** A batch of an event hub. */
  readonly events?: readonly unknown[];
  readonly retry?: { retryCount: number; maxRetryCount: number };
};

/** What the fixture app's functions recorded in this host. */
export async function readJournal(host: HostProcess): Promise<JournalEntry[]> {
  const answer = await fetch(`${host.origin}/api/journal`);
  return (await answer.json()) as JournalEntry[];
}

export type ServiceBusProcess = { readonly process: ManagedProcess; readonly connectionString: string };

const broker = dirname(require.resolve('@auto-licenser/service-bus-emulator/package.json'));
const brokerEntry = join(broker, 'dist', 'service-bus-emulator', 'src', 'main.js');

/** The embedded broker with the fixture's queues; a restart keeps its port. */
export async function startServiceBusProcess(): Promise<ServiceBusProcess> {
  const [port, managementPort] = [await takePort(0), await takePort(0)];
  const child = new ManagedProcess({
    name: 'serviceBus',
    entry: brokerEntry,
    args: () => [
      ...['--port', `${port}`, '--management-port', `${managementPort}`],
      ...['--config', join(fixtureApp, 'service-bus.config.json')],
    ],
    env: () => environment({}),
    cwd: packageRoot,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  const facts = await child.start();
  return { process: child, connectionString: facts['connectionString'] as string };
}
