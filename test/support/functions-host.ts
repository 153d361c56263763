import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { ManagedProcess } from '../../local/managed-process';
import { takePort } from '../../packages/kit/src/free-port';
import { packageBin } from '../../local/package-bin';
import { tablesConnectionString } from '../../local/app-settings';

export const projectRoot = join(__dirname, '..', '..');
export const fixtureApp = join(projectRoot, 'packages', 'functions-host', 'test', 'fixture-app');
export const masterKey = 'master-key-of-the-test';
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
): Promise<HostProcess> {
  const lines: string[] = [];
  const unexpectedExits: unknown[] = [];
  const child = new ManagedProcess({
    name: 'functions',
    entry: packageBin(projectRoot, '@auto-licenser/functions-host'),
    args: () => ['--port', '0', '--app-root', appRoot],
    env: () => environment({ LOCAL_MASTER_KEY: masterKey, LOCAL_FUNCTION_KEY: functionKey, ...env }),
    cwd: projectRoot,
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

export type TablesProcess = { readonly process: ManagedProcess; readonly connectionString: string };

/** Azurite's table service in memory, as the embedded cloud runs it. */
export async function startTablesProcess(): Promise<TablesProcess> {
  const port = await takePort(0);
  const accountName = 'licenserlocal';
  const accountKey = randomBytes(64).toString('base64');
  const child = new ManagedProcess({
    name: 'tables',
    entry: join(projectRoot, 'dist', 'local', 'azurite-process.js'),
    args: () => ['--port', `${port}`],
    env: () => environment({ AZURITE_ACCOUNTS: `${accountName}:${accountKey}` }),
    cwd: projectRoot,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  await child.start();
  const endpoint = `http://127.0.0.1:${port}/${accountName}`;
  return {
    process: child,
    connectionString: tablesConnectionString({ pid: child.pid, endpoint, accountName, accountKey }),
  };
}

/** Asks again and again until the answer is not undefined; fails after `limitMs`. */
export async function waitFor<Value>(
  what: string,
  look: () => Promise<Value | undefined> | Value | undefined,
  limitMs = 15_000,
): Promise<Value> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
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
  readonly retry?: { retryCount: number; maxRetryCount: number };
};

/** What the fixture app's functions recorded in this host. */
export async function readJournal(host: HostProcess): Promise<JournalEntry[]> {
  const answer = await fetch(`${host.origin}/api/journal`);
  return (await answer.json()) as JournalEntry[];
}

export type ServiceBusProcess = { readonly process: ManagedProcess; readonly connectionString: string };

/** The embedded broker with the fixture's queues; a restart keeps its port. */
export async function startServiceBusProcess(): Promise<ServiceBusProcess> {
  const [port, managementPort] = [await takePort(0), await takePort(0)];
  const child = new ManagedProcess({
    name: 'serviceBus',
    entry: packageBin(projectRoot, '@auto-licenser/service-bus-emulator'),
    args: () => [
      ...['--port', `${port}`, '--management-port', `${managementPort}`],
      ...['--config', join(fixtureApp, 'service-bus.config.json')],
    ],
    env: () => environment({}),
    cwd: projectRoot,
    onLine: () => undefined,
    onUnexpectedExit: () => undefined,
  });
  const facts = await child.start();
  return { process: child, connectionString: facts['connectionString'] as string };
}
