import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

const queues = {
  plain: {},
  session: { requiresSession: true },
  unique: { requiresDuplicateDetection: true, duplicateDetectionWindowMs: 60_000 },
};
let root: string;
let number = 0;
const open: Bus[] = [];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bus-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((bus) => bus.stop()));
});
afterAll(() => rmSync(root, { recursive: true }));

async function start(
  data = join(root, String(++number)),
  options: { clock?: ManualClock } = {},
): Promise<Bus & { data: string }> {
  const bus = await startBus(queues, { data, ...options });
  open.push(bus);
  return { ...bus, data };
}

/** Another broker on what the first had written by now, as if that had been killed this moment. */
async function afterCrash(
  bus: { data: string },
  damage: (journal: string) => void = () => undefined,
  options: { clock?: ManualClock } = {},
) {
  const data = join(root, String(++number));
  cpSync(bus.data, data, { recursive: true });
  damage(join(data, 'journal'));
  return start(data, options);
}

async function receive(bus: Bus, queue: string, count: number): Promise<ServiceBusReceivedMessage[]> {
  const receiver = bus.client.createReceiver(queue);
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const more = await receiver.receiveMessages(count - messages.length, soon);
    if (more.length === 0) break;
    messages.push(...more);
  }
  return messages;
}

describe('durable mode', () => {
  it('has every message whose send was acknowledged, and none that was settled', async () => {
    const bus = await start();
    await bus.client
      .createSender('plain')
      .sendMessages([1, 2, 3, 4].map((body) => ({ body, messageId: `m${body}` })));
    const receiver = bus.client.createReceiver('plain');
    const [first, second] = await receiver.receiveMessages(2, soon);
    if (first) await receiver.completeMessage(first);
    if (second) await receiver.abandonMessage(second, { note: 'again' });

    const next = await afterCrash(bus);
    const messages = await receive(next, 'plain', 3);

    expect(
      messages.map((message): unknown => [
        message.body,
        message.deliveryCount,
        message.sequenceNumber?.toNumber(),
      ]),
    ).toEqual([
      [2, 1, 2],
      [3, 0, 3],
      [4, 0, 4],
    ]);
    expect(messages[0]?.applicationProperties).toEqual({ note: 'again' });
  });

  it('keeps scheduled, deferred and dead-lettered messages and the numbers they have', async () => {
    const clock = new ManualClock(Date.now());
    const bus = await start(undefined, { clock });
    const sender = bus.client.createSender('plain');
    await sender.sendMessages([{ body: 'defer' }, { body: 'dead' }]);
    const [scheduled] = await sender.scheduleMessages({ body: 'soon' }, new Date(clock.now() + 400));
    const receiver = bus.client.createReceiver('plain');
    const [first, second] = await receiver.receiveMessages(2, soon);
    if (!first?.sequenceNumber || !second) throw new Error('No messages came');
    await receiver.deferMessage(first);
    await receiver.deadLetterMessage(second, { deadLetterReason: 'r', deadLetterErrorDescription: 'd' });

    const next = await afterCrash(bus, undefined, { clock });
    const before = next.counters().queues['plain'];
    const [deferred] = await next.client
      .createReceiver('plain')
      .receiveDeferredMessages(first.sequenceNumber);
    const [dead] = await next.client
      .createReceiver('plain', { subQueueType: 'deadLetter' })
      .receiveMessages(1, soon);
    clock.advance(400);
    const [due] = await receive(next, 'plain', 1);

    expect(before).toMatchObject({ scheduledNow: 1, deferredNow: 1, deadLetterNow: 1 });
    expect(deferred?.body).toBe('defer');
    expect(dead).toMatchObject({ body: 'dead', deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
    expect(due).toMatchObject({ body: 'soon', enqueuedSequenceNumber: scheduled?.toNumber() });
  });

  it('keeps session state, duplicate history and the last sequence number', async () => {
    const bus = await start();
    await bus.client.createSender('session').sendMessages({ body: 1, sessionId: 's' });
    const held = await bus.client.acceptSession('session', 's');
    await held.setSessionState('halfway');
    await bus.client.createSender('unique').sendMessages({ body: 1, messageId: 'once' });
    const [only] = await receive(bus, 'unique', 1);
    if (only) await bus.client.createReceiver('unique').completeMessage(only);

    const next = await afterCrash(bus);
    const session = await next.client.acceptNextSession('session');
    const state: unknown = await session.getSessionState();
    await next.client.createSender('unique').sendMessages([
      { body: 2, messageId: 'once' },
      { body: 3, messageId: 'new' },
    ]);
    const messages = await receive(next, 'unique', 1);

    expect(state).toBe('halfway');
    expect(next.counters().queues['unique']).toMatchObject({ duplicates: 1, active: 1 });
    expect(messages.map((message): unknown => [message.body, message.sequenceNumber?.toNumber()])).toEqual([
      [3, 2],
    ]);
  });

  it.each([
    ['cut short', (journal: string) => truncateSync(journal, readFileSync(journal).length - 3)],
    [
      'overwritten',
      (journal: string) => {
        const bytes = readFileSync(journal);
        bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 0xff;
        writeFileSync(journal, bytes);
      },
    ],
  ])('drops a last record that is %s, and goes on behind the one before', async (_what, damage) => {
    const bus = await start();
    const sender = bus.client.createSender('plain');
    await sender.sendMessages({ body: 'whole' });
    await sender.sendMessages({ body: 'torn' });

    const next = await afterCrash(bus, damage);
    const dropped = next.droppedBytes;
    await next.client.createSender('plain').sendMessages({ body: 'new' });
    const last = await afterCrash(next);
    const messages = await receive(last, 'plain', 2);

    expect(dropped).toBeGreaterThan(0);
    expect(messages.map((message): unknown => message.body)).toEqual(['whole', 'new']);
  });

  it('ignores rubbish behind the last record', async () => {
    const bus = await start();
    await bus.client.createSender('plain').sendMessages({ body: 'x' });

    const next = await afterCrash(bus, (journal) => appendFileSync(journal, Buffer.from([0, 0, 1])));

    expect(next.droppedBytes).toBe(3);
    expect(next.counters().queues['plain']).toMatchObject({ active: 1 });
  });

  it('compacts its journal, and loses nothing by it', async () => {
    const bus = await start();
    const sender = bus.client.createSender('plain');
    const receiver = bus.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
    const body = Buffer.alloc(200_000);
    await sender.sendMessages({ body: 'kept', subject: 'kept' });
    await receiver.close();
    const kept = await receive(bus, 'plain', 1);
    const consumer = bus.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
    for (let round = 0; round < 60; round++) {
      await sender.sendMessages({ body });
      await consumer.receiveMessages(1, soon);
    }

    const size = readFileSync(join(bus.data, 'journal')).length;
    const next = await afterCrash(bus);
    const messages = await receive(next, 'plain', 1);

    expect(kept).toHaveLength(1);
    expect(size).toBeLessThan(9_000_000);
    expect(messages.map((message): unknown => message.body)).toEqual(['kept']);
    expect(messages[0]?.sequenceNumber?.toNumber()).toBe(1);
  });

  it('recovers after an orderly stop as well', async () => {
    const bus = await start();
    await bus.client.createSender('plain').sendMessages({ body: 'x' });
    await open.splice(0)[0]?.stop();

    const next = await start(bus.data);
    await until(() => next.counters().queues['plain']?.active === 1, 'the message is there');

    expect((await receive(next, 'plain', 1))[0]?.body).toBe('x');
  });
});
