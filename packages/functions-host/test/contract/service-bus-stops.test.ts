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

describe('the broker goes away', () => {
  it('in the middle of work: it is said once, and work resumes soon after its return, every time', async () => {
    for (const round of [1, 2, 3]) {
      const before = host.lines.length;
      const load = Array.from({ length: 60 }, (_, at) => ({ id: `load-${round}-${at}`, waitMs: 5 }));
      await send('plain', ...load.map((order) => toMessage(order)));
      await send('lanes', ...load.map((order, at) => toMessage(order, { sessionId: `load-${at % 8}` })));
      await waitFor('work', async () => ((await runsOf(`load-${round}-8`)).length > 0 ? true : undefined));

      await broker.process.kill('SIGKILL');
      await broker.process.start();
      const back = Date.now();
      await send('plain', toMessage({ id: `plain-${round}` }));
      await send('lanes', toMessage({ id: `lane-${round}` }, { sessionId: 'after' }));
      await whenDone(`plain-${round}`, `lane-${round}`);

      // Without a new client some of its promises stay pending for up to a minute.
      expect(Date.now() - back).toBeLessThan(50_000);
      const outages = host.lines.slice(before).filter((line) => line.includes('cannot be reached'));
      expect(outages).toHaveLength(2);
    }
    expect(host.unexpectedExits).toEqual([]);
  });
});

describe('a host that is stopped', () => {
  it('finishes what it has in hand, and gives it back: as in Azure it comes once more', async () => {
    const second = await startQueueHost();
    await second.process.stop();
    await host.process.stop();
    await send('plain', toMessage({ id: 'left-alone' }));
    const third = await startQueueHost();
    await waitFor('the message', async () =>
      (await runsOf('left-alone', third)).length > 0 ? true : undefined,
    );
    await send('plain', toMessage({ id: 'in-hand', waitMs: 800 }));
    await waitFor('it to run', async () => ((await runsOf('in-hand', third)).length > 0 ? true : undefined));

    await third.process.stop();

    expect(await ordersIn('plain')).toEqual(['in-hand']);
    const fourth = await startQueueHost();
    const [again] = await waitFor('it to come again', async () => {
      const runs = await runsOf('in-hand', fourth);
      return runs.length > 0 ? runs : undefined;
    });
    expect(again?.metadata).toMatchObject({ deliveryCount: 2 });
    await whenSettled('plain', 'in-hand');
    await fourth.process.stop();
  });

  it('may be drained before: it takes nothing more, and keeps the lane of what still runs', async () => {
    const [drained, other] = [await startQueueHost(), await startQueueHost()];
    const admin = async (host: HostProcess, method: string, path: string) => {
      const answer = await fetch(`${host.origin}${path}`, {
        method,
        headers: { 'x-functions-key': masterKey },
      });
      return { status: answer.status, body: await answer.text() };
    };
    const lane = { sessionId: 'drained' };
    await send('lanes', toMessage({ id: 'held', waitMs: 1_900 }, lane), toMessage({ id: 'behind' }, lane));
    const holder = await waitFor('a host to have it', async () => {
      for (const one of [drained, other]) if ((await runsOf('held', one)).length > 0) return one;
      return undefined;
    });
    expect(JSON.parse((await admin(holder, 'GET', '/admin/host/drain/status')).body)).toMatchObject({
      state: 'Disabled',
    });
    expect((await admin(holder, 'POST', '/admin/host/drain')).status).toBe(202);
    expect(JSON.parse((await admin(holder, 'GET', '/admin/host/drain/status')).body)).toEqual({
      state: 'InProgress',
      outstandingInvocations: 1,
      outstandingRetries: 0,
    });

    const rest = holder === drained ? other : drained;
    await waitFor('the lane to go on', async () =>
      (await runsOf('behind', rest)).length > 0 ? true : undefined,
    );

    // What ran to its end in the drained host is given back, so it comes again in front of what waits behind it.
    expect((await runsOf('held', rest))[0]?.metadata).toMatchObject({ deliveryCount: 2 });
    expect((await readJournal(holder)).map(({ done }) => done)).toContain('held');
    expect(JSON.parse((await admin(holder, 'GET', '/admin/host/drain/status')).body)).toMatchObject({
      state: 'Completed',
    });
    await Promise.all([drained.process.stop(), other.process.stop()]);
  });
});
