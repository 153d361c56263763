import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusMessage } from '@azure/service-bus';
import Long from 'long';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  masterKey,
  readJournal,
  startHostProcess,
  startServiceBusProcess,
  waitFor,
} from '../support/host-process';
import type { HostProcess, JournalEntry, ServiceBusProcess } from '../support/host-process';

type Order = { id: string; failUntil?: number; waitMs?: number; waitOnce?: boolean };

/** What takes longer than a lock or a time-out is sent first, so that its wait passes beside the other tests. */
const slow = { id: 'slow', waitMs: 2_500, waitOnce: true };
const long = Array.from({ length: 4 }, (_, at) => ({ id: `long-${at}`, waitMs: 1_700 }));

let broker: ServiceBusProcess;
let host: HostProcess;
let client: ServiceBusClient;

const startQueueHost = () =>
  startHostProcess({
    FIXTURE_PARTS: 'queues',
    ServiceBusConnection: broker.connectionString,
    PLAIN_QUEUE: 'plain',
    SESSION_QUEUE: 'lanes',
  });

const toMessage = (order: Order, more: Partial<ServiceBusMessage> = {}): ServiceBusMessage => ({
  body: { v: 1, order },
  messageId: `message-${order.id}`,
  ...more,
});

async function send(queue: string, ...messages: ServiceBusMessage[]): Promise<void> {
  const sender = client.createSender(queue);
  await sender.sendMessages(messages);
  await sender.close();
}

const orderOf = (entry: JournalEntry) => (entry.body as { order?: Order } | undefined)?.order;

async function runsOf(id: string, from = host): Promise<JournalEntry[]> {
  return (await readJournal(from)).filter((entry) => orderOf(entry)?.id === id);
}

function whenDone(...ids: string[]): Promise<true> {
  return waitFor(`${ids.join(', ')} to be done`, async () => {
    const done = (await readJournal(host)).flatMap((entry) => (entry.done === undefined ? [] : [entry.done]));
    return ids.every((id) => done.includes(id)) || undefined;
  });
}

/** Ids of the orders that are still in the queue, in whatever state. */
async function ordersIn(queue: string): Promise<(string | undefined)[]> {
  const receiver = client.createReceiver(queue);
  // Without a number a client goes on behind the last message that it has seen.
  const messages = await receiver.peekMessages(100, { fromSequenceNumber: Long.ZERO });
  await receiver.close();
  return messages.map(({ body }) => (body as { order?: Order }).order?.id);
}

/** A function records its end before the host settles the message. */
function whenSettled(queue: string, ...ids: string[]): Promise<true> {
  return waitFor(`${ids.join(', ')} to be settled`, async () => {
    const left = await ordersIn(queue);
    return !ids.some((id) => left.includes(id)) || undefined;
  });
}

beforeAll(async () => {
  broker = await startServiceBusProcess();
  client = new ServiceBusClient(broker.connectionString, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 100, timeoutInMs: 15_000 },
  });
  host = await startQueueHost();
  await send('plain', toMessage(slow));
  await send('lanes', ...long.map((order) => toMessage(order, { sessionId: 'long' })));
});

afterAll(async () => {
  await client?.close();
  await host?.process.stop();
  await broker?.process.stop();
});

describe('a queue function in the local host', () => {
  it("gets the body and metadata with the real host's conversions", async () => {
    await send(
      'plain',
      toMessage(
        { id: 'metadata' },
        {
          subject: 'hello',
          correlationId: 'true',
          contentType: 'application/json',
          applicationProperties: { TenantId: 't', count: 3 },
        },
      ),
    );
    await whenDone('metadata');

    const [run] = await runsOf('metadata');
    expect(run?.body).toEqual({ v: 1, order: { id: 'metadata' } });
    expect(run?.metadata).toMatchObject({
      deliveryCount: 1,
      messageId: 'message-metadata',
      subject: 'hello',
      label: 'hello',
      correlationId: true,
      contentType: 'application/json',
      applicationProperties: { tenantId: 't', count: 3 },
      userProperties: { tenantId: 't', count: 3 },
      lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
      enqueuedTimeUtc: expect.stringMatching(/^\d{4}-.*Z$/),
      sequenceNumber: expect.any(Number),
    });
    await whenSettled('plain', 'metadata');
  });

  it('is called again with a higher delivery count after it threw', async () => {
    await send('plain', toMessage({ id: 'twice', failUntil: 2 }));
    await whenDone('twice');

    expect((await runsOf('twice')).map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 2]);
  });

  it('loses a message to the dead-letter queue after MaxDeliveryCount', async () => {
    await send('plain', toMessage({ id: 'poison', failUntil: 99 }));

    const receiver = client.createReceiver('plain', { subQueueType: 'deadLetter' });
    const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    if (dead) await receiver.completeMessage(dead);
    await receiver.close();

    expect(dead).toMatchObject({ messageId: 'message-poison', deadLetterReason: 'MaxDeliveryCountExceeded' });
    expect((await runsOf('poison')).map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 2, 3]);
  });

  it('runs at most maxConcurrentCalls at a time, and mixed outcomes stay apart', async () => {
    // Its code runs on for half a second after its time-out, while the host calls the next one already.
    await waitFor('both runs of the slow one to be over', async () => {
      const ends = (await readJournal(host)).filter(({ done }) => done === slow.id);
      return ends.length >= 2 || undefined;
    });
    const orders = Array.from({ length: 40 }, (_, at) => ({
      id: `mixed-${at}`,
      waitMs: 20,
      ...(at % 2 === 0 && { failUntil: 2 }),
    }));

    // Its first run outlasts functionTimeout: the host has taken the next message, and the code still runs.
    await waitFor('both runs of the slow order to end', async () => {
      const ends = (await readJournal(host)).filter(({ done }) => done === slow.id);
      return ends.length === 2 || undefined;
    });
    await send('plain', ...orders.map((order) => toMessage(order)));
    await whenDone(...orders.map(({ id }) => id));

    const runs = (await readJournal(host)).filter((entry) => orderOf(entry)?.id.startsWith('mixed-'));
    expect(Math.max(...runs.map((run) => run.concurrent ?? 0))).toBe(4);
    expect(runs).toHaveLength(60);
    await whenSettled('plain', ...orders.map(({ id }) => id));
  });

  it('is abandoned by functionTimeout', async () => {
    const runs = await waitFor('a second delivery', async () => {
      const all = await runsOf('slow');
      return all.length >= 2 ? all : undefined;
    });

    expect(runs.map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 2]);
    await whenSettled('plain', 'slow');
  });

  it('runs by hand with the master key', async () => {
    const answer = await fetch(`${host.origin}/admin/functions/plain`, {
      method: 'POST',
      headers: { 'x-functions-key': masterKey },
      body: JSON.stringify({ input: JSON.stringify({ v: 1, order: { id: 'by-hand' } }) }),
    });

    expect(answer.status).toBe(202);
    await whenDone('by-hand');
  });
});

describe('a session queue function in the local host', () => {
  const inLane = (lane: string, order: Order) => toMessage(order, { sessionId: lane });

  it('keeps the order in a session and one call at a time', async () => {
    const lanes = ['lane-00', 'lane-01', 'lane-02', 'lane-03', 'lane-04', 'lane-05'];
    const orders = lanes.flatMap((lane) =>
      Array.from({ length: 5 }, (_, at) => ({ lane, order: { id: `${lane}-${at}`, waitMs: 5 } })),
    );

    await send('lanes', ...orders.map(({ lane, order }) => inLane(lane, order)));
    await whenDone(...orders.map(({ order }) => order.id));

    const runs = (await readJournal(host)).filter((entry) => orderOf(entry)?.id.startsWith('lane-'));
    expect(Math.max(...runs.map((run) => run.concurrent ?? 0))).toBe(1);
    for (const lane of lanes) {
      const ids = runs.map((run) => orderOf(run)?.id).filter((id) => id?.startsWith(lane));
      expect(ids).toEqual([0, 1, 2, 3, 4].map((at) => `${lane}-${at}`));
    }
  });

  it('delivers again what was abandoned, before what came after it', async () => {
    await send('lanes', inLane('retry', { id: 'first', failUntil: 2 }), inLane('retry', { id: 'second' }));
    await whenDone('first', 'second');

    const ids = (await readJournal(host))
      .map(orderOf)
      .filter((order) => order && /^(first|second)$/.test(order.id));
    expect(ids.map((order) => order?.id)).toEqual(['first', 'first', 'second']);
  });

  it('dead-letters after MaxDeliveryCount', async () => {
    await send('lanes', inLane('poisoned', { id: 'lane-poison', failUntil: 99 }));

    const receiver = client.createReceiver('lanes', { subQueueType: 'deadLetter' });
    const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    await receiver.close();

    expect(dead).toMatchObject({ sessionId: 'poisoned', deadLetterReason: 'MaxDeliveryCountExceeded' });
  });

  it('renews the lock of a session that is held longer than the lock lasts', async () => {
    await whenDone(...long.map(({ id }) => id));

    const runs = (await readJournal(host)).filter((entry) => orderOf(entry)?.id.startsWith('long-'));
    expect(runs.map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 1, 1, 1]);
  });
});
