import { ServiceBusClient } from '@azure/service-bus';
import Long from 'long';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  fixtureApp,
  masterKey,
  startHostProcess,
  startServiceBusProcess,
  waitFor,
} from '../support/host-process';
import type { HostProcess, ServiceBusProcess } from '../support/host-process';

let broker: ServiceBusProcess;
let host: HostProcess;
let client: ServiceBusClient;

/** Pids of an instance, oldest first. */
function pidsOf(instance: string): number[] {
  const line = new RegExp(`Instance runs.* instance=${instance} pid=(\\d+)`);
  return host.lines.flatMap((text) => line.exec(text)?.[1] ?? []).map(Number);
}

async function whenHandled(queue: string, id: string, sessionId?: string): Promise<void> {
  const sender = client.createSender(queue);
  await sender.sendMessages({ body: { order: { id } }, messageId: id, ...(sessionId && { sessionId }) });
  await sender.close();
  const receiver = client.createReceiver(queue);
  await waitFor(`${id} to be settled`, async () => {
    const messages = await receiver.peekMessages(10, { fromSequenceNumber: Long.ZERO });
    return messages.some(({ messageId }) => messageId === id) ? undefined : true;
  });
  await receiver.close();
}

beforeAll(async () => {
  broker = await startServiceBusProcess();
  client = new ServiceBusClient(broker.connectionString, { retryOptions: { timeoutInMs: 15_000 } });
  host = await startHostProcess(
    {
      FIXTURE_PARTS: 'queues',
      ServiceBusConnection: broker.connectionString,
      PLAIN_QUEUE: 'plain',
      SESSION_QUEUE: 'lanes',
    },
    fixtureApp,
    ['--like-flex', '--instances', 'lanes=2'],
  );
});

afterAll(async () => {
  await client?.close();
  await host?.process.stop();
  await broker?.process.stop();
});

describe('an app that is run as on Flex Consumption', () => {
  it('has processes for each function that is not HTTP, as many as asked for', () => {
    const pids = ['http-1', 'plain-1', 'lanes-1', 'lanes-2'].flatMap(pidsOf);

    expect(new Set(pids).size).toBe(4);
    expect(pids).not.toContain(host.process.pid);
  });

  it('handles messages in them, HTTP in the one that the origin names', async () => {
    await whenHandled('plain', 'one');
    await whenHandled('lanes', 'two', 'lane');

    const answer = await fetch(`${host.origin}/api/journal`);
    expect(await answer.json()).toEqual([]);
    const byHand = await fetch(`${host.origin}/admin/functions/plain`, {
      method: 'POST',
      headers: { 'x-functions-key': masterKey },
      body: '{"input":"{}"}',
    });
    expect(byHand.status).toBe(202);
  });

  it('starts a process again that ended by itself, not one that was told to stop', async () => {
    const [first = 0] = pidsOf('plain-1');
    process.kill(first, 'SIGKILL');
    const again = await waitFor('another process', () => pidsOf('plain-1')[1]);
    await whenHandled('plain', 'after the kill');

    process.kill(pidsOf('lanes-2')[0] ?? 0, 'SIGTERM');
    await waitFor('its end', () =>
      host.lines.find((line) => /Instance ended +.*instance=lanes-2/.test(line)),
    );
    await whenHandled('lanes', 'after the end', 'lane');

    expect(again).not.toBe(first);
    expect(pidsOf('lanes-2')).toHaveLength(1);
    expect(host.unexpectedExits).toEqual([]);
  });

  it('says what is wrong with its arguments', async () => {
    const start = (...args: string[]) => startHostProcess({ FIXTURE_PARTS: '' }, fixtureApp, args);

    await expect(start('--instances', 'nothing=2')).rejects.toThrow('no scale group "function:nothing"');
    await expect(start('--group', 'function:plain')).rejects.toThrow('no scale group');
  });
});
