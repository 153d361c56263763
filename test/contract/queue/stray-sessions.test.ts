import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startServiceBus } from '@auto-licenser/service-bus-emulator';
import type { RunningServiceBus } from '@auto-licenser/service-bus-emulator';
import { readConfigFile } from '@auto-licenser/service-bus-emulator/config';
import { systemClock } from '../../../shared/kernel/clock';
import { makeStraySessions } from '../../../shared/queue/stray-sessions';

// Bounds what hangs, not how long it takes.
jest.setTimeout(240_000);

const queue = 'license-changes';
const longEnough = 120_000;
/** An empty queue is waited for 3 s; a slow machine must offer a session within that. */
const retryOptions = { maxRetries: 0, timeoutInMs: 3_000 };

let bus: RunningServiceBus;
let client: ServiceBusClient;
beforeAll(async () => {
  const config = readConfigFile(join(__dirname, '../../../local/service-bus.config.json'));
  bus = await startServiceBus({ port: 0, managementPort: 0, config });
  client = new ServiceBusClient(bus.connectionString);
});
afterAll(async () => {
  await client?.close();
  await bus?.stop();
});

const strays = () =>
  makeStraySessions(() => new ServiceBusClient(bus.connectionString, { retryOptions }), systemClock);
const send = async (messages: readonly { readonly sessionId: string; readonly body: unknown }[]) => {
  const sender = client.createSender(queue);
  await sender.sendMessages([...messages]);
  await sender.close();
};
const inLane = async (sessionId: string) => {
  const receiver = await client.acceptSession(queue, sessionId);
  const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 5_000 });
  for (const message of messages) await receiver.completeMessage(message);
  await receiver.close();
  return messages;
};

describe('sessions that are no lanes', () => {
  it('are emptied, several messages of one together, and lanes keep theirs in order, as if never offered', async () => {
    const made = Array.from({ length: 60 }, (_, number) => ({
      sessionId: `made-up-${String(number)}`,
      body: number,
    }));
    const lanes = ['lane-00', 'lane-07', 'lane-31'].flatMap((sessionId) =>
      [1, 2].map((number) => ({ sessionId, body: `${sessionId} ${String(number)}` })),
    );
    await send([
      ...made.slice(0, 30),
      ...lanes,
      ...made.slice(30),
      { sessionId: 'made-up-0', body: 'second' },
    ]);
    const handled: unknown[] = [];
    const sessions = new Set<string>();

    const taken = await strays().drain(queue, longEnough, async (messages) => {
      handled.push(...messages.map(({ body }) => body));
      for (const { sessionId } of messages) sessions.add(sessionId);
    });

    expect(taken).toBe(61);
    expect([...sessions].sort()).toEqual(made.map(({ sessionId }) => sessionId).sort());
    expect(handled.map(String).sort()).toEqual([...made.map(({ body }) => String(body)), 'second'].sort());
    for (const lane of ['lane-00', 'lane-07', 'lane-31']) {
      const messages = await inLane(lane);
      expect(messages.map(({ body, deliveryCount }) => [body as unknown, deliveryCount])).toEqual([
        [`${lane} 1`, 0],
        [`${lane} 2`, 0],
      ]);
    }
  });

  it('keep the messages that could not be handed over', async () => {
    await send([{ sessionId: 'made-up', body: 'kept' }]);

    await expect(
      strays().drain(queue, longEnough, async () => {
        throw new Error('the tables are away');
      }),
    ).rejects.toThrow('the tables are away');

    const bodies: unknown[] = [];
    const taken = await strays().drain(queue, longEnough, async (messages) => {
      bodies.push(...messages.map(({ body }) => body));
    });
    expect([taken, bodies]).toEqual([1, ['kept']]);
  });

  it('are none in a queue that is empty: the broker says so after three seconds', async () => {
    expect(await strays().drain(queue, longEnough, async () => undefined)).toBe(0);
  });
});
