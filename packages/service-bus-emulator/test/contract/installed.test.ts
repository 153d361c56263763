import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManagedProcess } from '../../../emulator-kit/src/managed-process';
import { installPackage } from '../../../emulator-kit/test/support/install-package';
import { connectAdministration } from '../support/administration';
import type { InstalledPackage } from '../../../emulator-kit/test/support/install-package';

const lines: string[] = [];
let installed: InstalledPackage;
let emulator: ManagedProcess;
let client: ServiceBusClient;
let administrationConnectionString: string;

beforeAll(async () => {
  installed = installPackage('service-bus-emulator');
  emulator = new ManagedProcess({
    name: 'service-bus-emulator',
    entry: installed.bin,
    args: () => ['--queue', 'orders', '--session-queue', 'lanes', '--port', '0', '--management-port', '0'],
    env: () => ({ PATH: process.env['PATH'] ?? '' }),
    cwd: installed.folder,
    onLine: (line) => lines.push(line),
    onUnexpectedExit: (exit) => lines.push(`ended with ${exit.code}`),
  });
  const facts = await emulator.start();
  client = new ServiceBusClient(String(facts['connectionString']));
  administrationConnectionString = String(facts['administrationConnectionString']);
});

afterAll(async () => {
  await client?.close();
  await emulator?.stop();
  installed?.remove();
});

describe('the packed emulator, installed into an empty folder', () => {
  it('has brought only itself and its own dependencies', () => {
    const modules = join(installed.folder, 'node_modules');

    expect(readdirSync(join(modules, '@auto-licenser'))).toEqual(['service-bus-emulator']);
    expect(readdirSync(modules).filter((name) => !name.startsWith('.') && !name.startsWith('@'))).toEqual([
      'zod',
    ]);
    const own = join(modules, '@auto-licenser', 'service-bus-emulator');
    expect(['LICENSE', 'README.md', 'dist'].filter((name) => existsSync(join(own, name)))).toHaveLength(3);
    expect(readdirSync(join(own, 'dist', 'service-bus-emulator'))).toEqual(['src']);
  });

  it('serves the real client on a queue and on a session', async () => {
    await client.createSender('orders').sendMessages({ body: { id: 1 } });
    await client.createSender('lanes').sendMessages({ body: { id: 2 }, sessionId: 'a' });

    const receiver = client.createReceiver('orders');
    const [message] = await receiver.receiveMessages(1);
    if (message) await receiver.completeMessage(message);
    const session = await client.acceptNextSession('lanes');
    const [inSession] = await session.receiveMessages(1);
    if (inSession) await session.completeMessage(inSession);

    expect([message?.body, inSession?.body, session.sessionId]).toEqual([{ id: 1 }, { id: 2 }, 'a']);
    expect(await receiver.peekMessages(1)).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('names the connection string of the administration client', async () => {
    const queue = await connectAdministration({ administrationConnectionString }).getQueue('orders');

    expect(queue.name).toBe('orders');
  });
});
