import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBus } from '../support/bus';
import type { Bus } from '../support/bus';

/** Debian's packages belong to Debian's Python, not to another one that may come first in the path. */
const python = '/usr/bin/python3';
const run = promisify(execFile);
const clients = join(__dirname, 'clients');

let directory: string;
let bus: Bus;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bus-tls-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'ignore' },
  );
  bus = await startBus(
    {
      proton: {},
      'proton-sessions': { requiresSession: true },
      azure: {},
      'azure-sessions': { requiresSession: true },
    },
    { tls: { port: 0, cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } },
  );
});
afterAll(async () => {
  await bus.stop();
  rmSync(directory, { recursive: true });
});

/** Without the packages these tests end early and leave a note, which `npm test` shows at its end; in CI they fail. */
function isInstalled(module: string, packages: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    const hint = `${python} cannot import ${module}. apt-get install ${packages}`;
    if (process.env['CI']) throw new Error(`Not tested: ${hint}`);
    const notes = process.env['LICENSER_NOT_TESTED'];
    if (notes === undefined) console.warn(`Not tested: ${hint}`);
    else writeFileSync(join(notes, packages.replaceAll(' ', '-')), `${hint}\n`);
    return false;
  }
}

async function runClient(script: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await run(python, [join(clients, script), ...args], { timeout: 50_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describe('independent clients', () => {
  it('Apache Qpid Proton over plain TCP', async () => {
    if (!isInstalled('proton', 'python3-qpid-proton')) return;

    const result = await runClient('proton_client.py', String(bus.port));

    const { received } = result as { received: unknown[] };
    // Credit for the next message may leave before the outcome of this one.
    expect(received.map(String).sort()).toEqual(['abandon,0', 'abandon,1', 'complete,0', 'dead,0']);
    expect(result).toMatchObject({
      dead: ['dead', 'proton says so'],
      session: [0, 1, 2],
    });
    expect(bus.counters().queues).toMatchObject({
      proton: { completed: 2, abandoned: 1, deadLettered: 1, deadLetterNow: 0, active: 0 },
      'proton-sessions': { completed: 3, active: 0 },
    });
  });

  it('azure-servicebus for Python on uamqp over TLS', async () => {
    if (!isInstalled('azure.servicebus, uamqp', 'python3-azure python3-uamqp')) return;

    const result = await runClient('azure_client.py', String(bus.tlsPort), join(directory, 'cert.pem'));

    expect(result).toMatchObject({
      dead: ['dead', 'azure says so', 'azure'],
      locked: true,
      session: ['0', '1', '2'],
    });
    expect((result as { received: unknown[] }).received).toHaveLength(4);
    expect(bus.counters().queues).toMatchObject({
      azure: { sent: 3, completed: 2, abandoned: 1, deadLettered: 1, deadLetterNow: 0, active: 0 },
      'azure-sessions': { completed: 3, active: 0 },
    });
  });
});
