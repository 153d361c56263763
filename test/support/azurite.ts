import { AzureNamedKeyCredential } from '@azure/data-tables';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePort } from '../../packages/emulator-kit/src/free-port';

/** A table service of Microsoft's emulator in a child process, with a key of its own; for tests that need the real wire. */
export type Azurite = {
  /** http://127.0.0.1:PORT/ACCOUNT */
  readonly endpoint: string;
  readonly credential: AzureNamedKeyCredential;
  /** Ends the process as a crash would. Its rows are kept for `start`. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
};

const account = 'licenser';
const main = join(__dirname, '../../node_modules/azurite/dist/src/table/main.js');

export async function startAzurite(): Promise<Azurite> {
  const port = await takePort(0);
  const key = randomBytes(64).toString('base64');
  const location = mkdtempSync(join(tmpdir(), 'azurite-'));
  let child: ChildProcess | undefined;

  const start = async () => {
    const args = ['--tableHost', '127.0.0.1', '--tablePort', String(port), '--location', location];
    child = spawn(
      process.execPath,
      [main, ...args, '--silent', '--skipApiVersionCheck', '--disableTelemetry'],
      { stdio: 'ignore', cwd: location, env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` } },
    );
    await listening(port, child);
  };
  const kill = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  };

  await start();
  return {
    endpoint: `http://127.0.0.1:${port}/${account}`,
    credential: new AzureNamedKeyCredential(account, key),
    kill,
    start,
    close: async () => {
      await kill();
      rmSync(location, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The table emulator ended with code ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
