import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readConfigFile } from '@auto-licenser/service-bus-emulator/config';
import { startServiceBus } from '@auto-licenser/service-bus-emulator';
import type { RunningServiceBus } from '@auto-licenser/service-bus-emulator';
import { systemClock } from '../../../shared/kernel/clock';
import { PermanentError, TransientError } from '../../../shared/kernel/errors';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { readHint, readOperation } from '../../../shared/queue/messages';
import type { Hint, OperationMessage } from '../../../shared/queue/messages';
import type { QueueSender } from '../../../shared/queue/queue-sender';
import { makeRenewedClient } from '../../../shared/queue/renewed-client';
import { makeServiceBusQueueSender } from '../../../shared/queue/service-bus-queue-sender';
import { oneClient } from '../../support/one-client';
import { ManualClock } from '../../support/manual-clock';
import { userId } from '../../support/user-states';
import { queueNames } from '../../../shared/queue/queues';
import type { QueueName } from '../../../shared/queue/queues';

// Bounds what hangs, not how long it takes.
jest.setTimeout(240_000);

const config = readConfigFile(join(__dirname, '../../../local/service-bus.config.json'));
/** As the app's client has it. */
const retryOptions = { maxRetries: 3, retryDelayInMs: 500, timeoutInMs: 20_000 };
const tools = { clock: systemClock, random: seededRandom(1) };

/** A send that crosses the cut of its connection is never answered, after which the client is another one. */
const renewed = () =>
  makeRenewedClient(() => new ServiceBusClient(bus.connectionString, { retryOptions }), {
    clock: systemClock,
    logger: silentLogger,
  });

let bus: RunningServiceBus;
let client: ServiceBusClient;
let sender: QueueSender;
beforeAll(async () => {
  bus = await startServiceBus({ port: 0, managementPort: 0, config });
});
beforeEach(() => {
  client = new ServiceBusClient(bus.connectionString, { retryOptions });
  sender = makeServiceBusQueueSender(renewed(), tools);
});
afterEach(async () => {
  await sender.close();
  await client.close();
});
afterAll(() => bus.stop());

const hint = (number: number, more: Partial<Hint> = {}): Hint => ({
  kind: 'look',
  user: { id: userId(number) },
  source: 'delta',
  seenAt: '2026-01-01T00:00:00.000Z',
  ...more,
});
const operation: OperationMessage = {
  v: 1,
  operation: {
    user: { id: userId(1) },
    kind: 'assign',
    add: [{ skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e', disabledPlans: [] }],
    remove: [],
    why: ['rule staff'],
    policyHash: 'f'.repeat(64),
  },
  trace: {},
};

/** Takes so many messages off a queue. */
async function take(
  queue: QueueName,
  count: number,
  session?: string,
  from = client,
): Promise<ServiceBusReceivedMessage[]> {
  const receiver =
    session === undefined
      ? from.createReceiver(queue, { receiveMode: 'receiveAndDelete' })
      : await from.acceptSession(queue, session, { receiveMode: 'receiveAndDelete' });
  const taken: ServiceBusReceivedMessage[] = [];
  while (taken.length < count) {
    const messages = await receiver.receiveMessages(count - taken.length, { maxWaitTimeInMs: 60_000 });
    if (messages.length === 0) break;
    taken.push(...messages);
  }
  await receiver.close();
  return taken;
}

describe('makeServiceBusQueueSender', () => {
  it('sends a hint that is read back, with nothing the Functions host would make a number of', async () => {
    const sent = hint(1, { retryToken: '12345', crowd: true });

    await sender.sendHints([sent], { parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });

    const [message] = await take(queueNames.directoryChanges, 1);
    expect(readHint(message?.body)).toEqual({
      kind: 'message',
      message: {
        v: 1,
        hint: sent,
        trace: { parent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      },
    });
    expect(message).toMatchObject({
      contentType: 'application/json',
      subject: 'look',
      correlationId: `user-${userId(1)}`,
    });
    expect(message?.messageId).toMatch(/^hint-[0-9a-f-]{36}$/);
    expect(message?.applicationProperties?.['source']).toBe('delta');
    expect(Object.keys(message?.applicationProperties ?? {}).filter((key) => /^[A-Z]/.test(key))).toEqual([]);
  });

  it('sends nothing for no hints', async () => {
    await sender.sendHints([]);

    expect(bus.counters().queues[queueNames.directoryChanges]?.active).toBe(0);
  });

  it('sends thousands of hints in as many batches as they need, none lost, none twice', async () => {
    const hints = Array.from({ length: 3_000 }, (_, number) => hint(number));

    await sender.sendHints(hints);

    const taken = await take(queueNames.directoryChanges, 3_000);
    const ids = taken.map(({ body }) => (body as { hint: Hint }).hint.user.id);
    expect(new Set(ids)).toEqual(new Set(hints.map(({ user }) => user.id)));
    expect(ids).toHaveLength(3_000);
    expect(new Set(taken.map(({ messageId }) => messageId)).size).toBe(3_000);
  });

  it('holds back what is scheduled until its time', async () => {
    const clock = new ManualClock(systemClock.now());
    const own = await startServiceBus({ port: 0, managementPort: 0, config, clock });
    const ownClient = new ServiceBusClient(own.connectionString, { retryOptions });
    const ownSender = makeServiceBusQueueSender(oneClient(ownClient), tools);
    const counted = () => own.counters().queues[queueNames.directoryChanges];

    await ownSender.sendHints([hint(1)], { scheduledAt: clock.now() + 700 });
    clock.advance(699);
    expect(counted()).toMatchObject({ active: 0, scheduled: 1 });
    clock.advance(1);
    const [message] = await take(queueNames.directoryChanges, 1, undefined, ownClient);

    expect(readHint(message?.body).kind).toBe('message');
    await ownSender.close();
    await ownClient.close();
    await own.stop();
  });

  it.each([queueNames.licenseChanges, queueNames.licenseChangesBulk])(
    'sends an operation to %s in its lane',
    async (queue) => {
      await sender.sendOperation(queue, operation, 'lane-07');

      const [message] = await take(queue, 1, 'lane-07');
      expect(message).toMatchObject({ sessionId: 'lane-07', subject: 'assign' });
      expect(message?.messageId).toMatch(/^operation-/);
      expect(readOperation(message?.body)).toEqual({ kind: 'message', message: operation });
    },
  );

  it('puts a message of a newer version back as it is, later, in its lane', async () => {
    const body = { v: 2, operation: { anything: 'new' } };

    await sender.putBack(queueNames.licenseChanges, body, systemClock.now() + 100, 'lane-03');

    const [message] = await take(queueNames.licenseChanges, 1, 'lane-03');
    expect(message?.body).toEqual(body);
  });

  it('refuses what no message can hold, at once', async () => {
    const why = ['x'.repeat(300_000)];

    const refused = sender.sendHints([hint(1, { rollout: why[0] ?? '' })]);

    await expect(refused).rejects.toBeInstanceOf(PermanentError);
    await expect(refused).rejects.toMatchObject({ code: 'queue/too-large' });
  });

  it('goes on after its connection was cut', async () => {
    await sender.sendHints([hint(1)]);
    bus.dropConnections();

    await sender.sendHints([hint(2)]);

    const taken = await take(queueNames.directoryChanges, 2);
    const ids = taken.map(({ body }) => (body as { hint: Hint }).hint.user.id);
    expect(new Set(ids)).toEqual(new Set([userId(1), userId(2)]));
  });
});

describe('a queue that is deleted', () => {
  it('takes nothing, is named, and gets what is sent once it exists again', async () => {
    const queue = queueNames.directoryChanges;
    const manage = (method: string, body?: string) =>
      fetch(`http://127.0.0.1:${bus.managementPort}/${queue}`, { method, ...(body ? { body } : {}) });
    await sender.sendHints([hint(1)]);

    await manage('DELETE');
    // A send that crosses the end of its link ends by a time-out of the client: let the end arrive first.
    await client.createReceiver(queueNames.licenseChangesBulk).peekMessages(1);
    const refused = sender.sendHints([hint(2)]);
    await expect(refused).rejects.toBeInstanceOf(PermanentError);
    await expect(refused).rejects.toThrow(/MessagingEntityNotFound.*create the queue/);
    await manage('PUT', '<entry><content><QueueDescription/></content></entry>');
    await sender.sendHints([hint(3)]);

    const [message] = await take(queue, 1);
    expect((message?.body as { hint: Hint }).hint.user.id).toBe(userId(3));
  });
});

describe('an outage of Service Bus', () => {
  it('is waited out', async () => {
    const { port } = bus;
    await sender.sendHints([hint(1)]);
    await bus.stop();

    const sending = sender.sendHints([hint(2)]);
    bus = await startServiceBus({ port, managementPort: 0, config });
    await sending;

    const [message] = await take(queueNames.directoryChanges, 1);
    expect((message?.body as { hint: Hint }).hint.user.id).toBe(userId(2));
  });

  it('is told as TransientError when it outlasts the budget', async () => {
    const hasty = makeServiceBusQueueSender(renewed(), { ...tools, budgetMs: 0 });
    const { port } = bus;
    await bus.stop();

    const refused = hasty.sendOperation(queueNames.licenseChanges, operation, 'lane-01');

    await expect(refused).rejects.toBeInstanceOf(TransientError);
    bus = await startServiceBus({ port, managementPort: 0, config });
  });
});
