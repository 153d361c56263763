import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

let bus: Bus;
beforeAll(async () => {
  bus = await startBus({
    sending: {},
    streaming: { lockDurationMs: 400 },
    session: { requiresSession: true },
    drain: {},
    raw: {},
    two: { requiresSession: true },
  });
});
afterAll(() => bus.stop());

const counters = (queue: string) => bus.counters().queues[queue];

describe('connections that are cut', () => {
  it('lets a sender and a subscriber go on, without losing a message', async () => {
    const receiver = bus.connect().createReceiver('streaming');
    // A send that was under way when its connection broke fails only by its time-out.
    const sender = bus
      .connect({ retryOptions: { maxRetries: 20, retryDelayInMs: 20, timeoutInMs: 500 } })
      .createSender('streaming');
    const seen = new Set<unknown>();
    const subscription = receiver.subscribe({
      processMessage: async (message) => void seen.add(message.body),
      processError: async () => undefined,
    });

    for (let body = 0; body < 60; body++) {
      if (body % 20 === 10) bus.dropConnections();
      await sender.sendMessages({ body });
    }
    await until(() => seen.size === 60 && counters('streaming')?.active === 0, 'all are handled');
    await subscription.close();

    expect(seen.size).toBe(60);
  });

  it('frees a session the moment its connection drops', async () => {
    await bus.client.createSender('session').sendMessages({ body: 'x', sessionId: 's' });
    const lost = await bus.connect().acceptSession('session', 's');
    const [message] = await lost.receiveMessages(1, soon);
    if (!message) throw new Error('No message came');

    bus.dropConnections();
    const next = await bus.connect().acceptNextSession('session');
    const [again] = await next.receiveMessages(1, soon);

    await expect(lost.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    expect(again).toMatchObject({ body: 'x', deliveryCount: 0 });
    if (again) await next.completeMessage(again);
    await next.close();
  });

  it('stops waiting for a session when the one who waits is gone', async () => {
    const connection = connectRaw();
    const filter = { 'com.microsoft:session-filter': null };
    connection.open_receiver({ source: { address: 'two', filter }, credit_window: 0 });
    // Attached behind the other one: when it is answered, the wait has begun.
    const sender = connection.open_sender('sending');
    await new Promise<void>((resolve) => sender.once('sendable', () => resolve()));

    bus.dropConnections();
    await bus.connect().createSender('two').sendMessages({ body: 'x', sessionId: 's' });
    const receiver = await bus.connect().acceptNextSession('two');

    expect(receiver.sessionId).toBe('s');
    await receiver.close();
  });

  it('drops a client that falls silent, and keeps one that sends heartbeats', async () => {
    const strict = await startBus({ silent: {} }, { idleTimeoutMs: 1_000 });
    const receiver = strict.client.createReceiver('silent');
    await strict.client.createSender('silent').sendMessages({ body: 1 });
    const isClosed = new Promise<boolean>((resolve) => {
      const socket: Socket = createConnection(strict.port, '127.0.0.1', () =>
        socket.write('AMQP\x03\x01\x00\x00'),
      );
      socket.on('data', () => undefined);
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(true));
    });

    expect(await isClosed).toBe(true);
    const [message] = await receiver.receiveMessages(1, soon);
    if (message) await receiver.completeMessage(message);
    await strict.stop();
    expect(message?.body).toBe(1);
  });
});

/** A client without habits of its own. */
function connectRaw(): rhea.Connection {
  const container = rhea.create_container();
  container.on('disconnected', () => undefined);
  return container.connect({ port: bus.port, host: '127.0.0.1', reconnect: false });
}

describe('races', () => {
  it('drain against transfer: a drain is answered also when the credit has just been used up', async () => {
    const connection = connectRaw();
    const receiver = connection.open_receiver({
      source: 'raw',
      credit_window: 0,
      autoaccept: false,
      rcv_settle_mode: 1,
    });
    await bus.client.createSender('raw').sendMessages({ body: 1 });
    const isDrained = new Promise<void>((resolve) => receiver.once('receiver_drained', () => resolve()));

    receiver.once('message', () => receiver.drain_credit());
    receiver.add_credit(1);
    await isDrained;

    expect(receiver).toMatchObject({ credit: 0 });
    connection.close();
    await new Promise<void>((resolve) => connection.once('connection_close', () => resolve()));
  });

  it('lock expiry against complete: a message is completed once, whichever comes first', async () => {
    const total = 15;
    const clock = new ManualClock(Date.now());
    const raced = await startBus({ race: { lockDurationMs: 30_000, maxDeliveryCount: 2_000 } }, { clock });
    const receiver = raced.client.createReceiver('race', { maxAutoLockRenewalDurationInMs: 0 });
    const bodies = Array.from({ length: total }, (_, body) => ({ body }));
    await raced.client.createSender('race').sendMessages(bodies);

    let completed = 0;
    const codes = new Set<unknown>();
    for (let turn = 0; completed < total; turn++) {
      const [message] = await receiver.receiveMessages(1, soon);
      if (!message) continue;
      // The lock ends before the outcome leaves, while it is on its way, or after it has arrived.
      const turnsOfTheLoop = turn % 7;
      if (turnsOfTheLoop === 0) clock.advance(30_000);
      const completing = receiver.completeMessage(message).then(
        () => completed++,
        (error: { code?: unknown }) => codes.add(error.code),
      );
      for (let passed = 0; passed < turnsOfTheLoop; passed++) await setImmediate();
      if (turnsOfTheLoop > 0) clock.advance(30_000);
      await completing;
    }
    const counted = raced.counters().queues['race'];
    await raced.stop();

    expect([...codes]).toEqual(['MessageLockLost']);
    expect(completed).toBe(total);
    expect(counted).toMatchObject({ completed: total, active: 0, deadLetterNow: 0 });
  });

  it('drain against transfer: nothing is lost, and the receiver keeps its link', async () => {
    const total = 300;
    const receiver = bus.client.createReceiver('drain');
    const sender = bus.client.createSender('drain');
    const seen: number[] = [];
    const sending = (async () => {
      for (let body = 0; body < total; body++) await sender.sendMessages({ body });
    })();

    while (seen.length < total) {
      const messages = await receiver.receiveMessages(5, { maxWaitTimeInMs: 2 });
      for (const message of messages) {
        seen.push(message.body as number);
        await receiver.completeMessage(message);
      }
    }
    await sending;

    expect(seen).toEqual(Array.from({ length: total }, (_, index) => index));
    expect(counters('drain')).toMatchObject({ received: total, lockLost: 0, locked: 0 });
  });

  it('two receivers on one session: one gets it, never both', async () => {
    const clients = [bus.connect(), bus.connect()];
    for (let round = 0; round < 10; round++) {
      const outcomes = await Promise.allSettled(
        clients.map((client) => client.acceptSession('two', `r${round}`)),
      );
      const held = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      for (const receiver of held) await receiver.close();

      // The loser retries once, and may get the session only after the winner has let go.
      expect(held).toHaveLength(1);
    }
  });
});
