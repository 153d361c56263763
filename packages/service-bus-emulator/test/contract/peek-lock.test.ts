import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

const clock = new ManualClock(Date.now());
let bus: Bus;
const queues = {
  basic: {},
  abandon: { maxDeliveryCount: 3 },
  dead: {},
  defer: {},
  expiring: { lockDurationMs: 30_000 },
  renewing: { lockDurationMs: 30_000 },
  destructive: {},
  batch: {},
  types: {},
  stream: {},
  many: {},
};
beforeAll(async () => {
  bus = await startBus(queues, { clock });
});
afterAll(() => bus.stop());

async function take(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, soon);
  if (!message) throw new Error('No message came');
  return message;
}
const nothingLeft = (receiver: ServiceBusReceiver) =>
  receiver.receiveMessages(1, { maxWaitTimeInMs: 100 }).then((messages) => messages.length === 0);

describe('peek-lock', () => {
  it('delivers a message once, and forgets it when it is completed', async () => {
    const receiver = bus.client.createReceiver('basic');
    await bus.client.createSender('basic').sendMessages({ body: { hello: 'world' }, messageId: 'm-1' });

    const message = await take(receiver);
    await receiver.completeMessage(message);

    expect(message).toMatchObject({
      body: { hello: 'world' },
      messageId: 'm-1',
      deliveryCount: 0,
      state: 'active',
    });
    expect(message.lockedUntilUtc?.getTime()).toBe(clock.now() + 60_000);
    expect(message.enqueuedTimeUtc?.getTime()).toBe(clock.now());
    expect(await nothingLeft(receiver)).toBe(true);
    expect(bus.counters().queues['basic']).toMatchObject({ sent: 1, received: 1, completed: 1, active: 0 });
  });

  it('gives every message a rising sequence number', async () => {
    const receiver = bus.client.createReceiver('batch');
    const bodies = Array.from({ length: 50 }, (_, index) => ({ body: index }));

    await bus.client.createSender('batch').sendMessages(bodies);
    const messages = await receiver.receiveMessages(50, soon);

    expect(messages.map((message): unknown => message.body)).toEqual(bodies.map(({ body }) => body));
    const numbers = messages.map((message) => message.sequenceNumber?.toNumber());
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    for (const message of messages) await receiver.completeMessage(message);
  });

  it('counts an abandoned delivery, applies its properties, and dead-letters after the last attempt', async () => {
    const receiver = bus.client.createReceiver('abandon');
    await bus.client
      .createSender('abandon')
      .sendMessages({ body: 'x', applicationProperties: { kept: 1, changed: 'a' } });

    const counts: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const message = await take(receiver);
      counts.push(message.deliveryCount);
      await receiver.abandonMessage(message, { changed: `b${attempt}` });
    }
    const dead = await take(bus.client.createReceiver('abandon', { subQueueType: 'deadLetter' }));

    expect(counts).toEqual([0, 1, 2]);
    expect(dead).toMatchObject({
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterSource: 'abandon',
      deliveryCount: 3,
      applicationProperties: { kept: 1, changed: 'b2' },
    });
    expect(await nothingLeft(receiver)).toBe(true);
  });

  it('moves a dead-lettered message with reason, description and properties', async () => {
    const receiver = bus.client.createReceiver('dead');
    await bus.client.createSender('dead').sendMessages({ body: 'poison', messageId: 'p' });

    await receiver.deadLetterMessage(await take(receiver), {
      deadLetterReason: 'unreadable',
      deadLetterErrorDescription: 'not JSON',
      by: 'test',
    });
    const deadLetters = bus.client.createReceiver('dead', { subQueueType: 'deadLetter' });
    const dead = await take(deadLetters);
    await deadLetters.completeMessage(dead);

    expect(dead).toMatchObject({
      body: 'poison',
      messageId: 'p',
      deadLetterReason: 'unreadable',
      deadLetterErrorDescription: 'not JSON',
      deadLetterSource: 'dead',
      applicationProperties: { by: 'test' },
    });
    expect(bus.counters().queues['dead']).toMatchObject({ deadLettered: 1, deadLetterNow: 0, active: 0 });
  });

  it('keeps a deferred message for those who know its sequence number', async () => {
    const receiver = bus.client.createReceiver('defer');
    await bus.client.createSender('defer').sendMessages({ body: 'later' });

    const message = await take(receiver);
    await receiver.deferMessage(message, { note: 'n' });
    const isGone = await nothingLeft(receiver);
    const number = message.sequenceNumber;
    if (!number) throw new Error('No sequence number');
    const [deferred] = await receiver.receiveDeferredMessages(number);
    if (deferred) await receiver.completeMessage(deferred);

    expect(isGone).toBe(true);
    expect(deferred).toMatchObject({
      body: 'later',
      state: 'deferred',
      applicationProperties: { note: 'n' },
    });
    await expect(receiver.receiveDeferredMessages(number)).rejects.toMatchObject({ code: 'MessageNotFound' });
    expect(bus.counters().queues['defer']).toMatchObject({ deferred: 1, deferredNow: 0, completed: 1 });
  });

  it('takes an expired lock back: completing fails, and the message comes again', async () => {
    const receiver = bus.client.createReceiver('expiring', { maxAutoLockRenewalDurationInMs: 0 });
    await bus.client.createSender('expiring').sendMessages({ body: 'slow' });

    const message = await take(receiver);
    clock.advance(30_000);
    await until(() => bus.counters().queues['expiring']?.lockLost === 1, 'the lock expires');
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    const again = await take(receiver);
    await receiver.completeMessage(again);

    expect(again.deliveryCount).toBe(1);
  });

  it('prolongs a lock that is renewed', async () => {
    const receiver = bus.client.createReceiver('renewing', { maxAutoLockRenewalDurationInMs: 0 });
    await bus.client.createSender('renewing').sendMessages({ body: 'slow' });

    const message = await take(receiver);
    const first = message.lockedUntilUtc?.getTime() ?? 0;
    clock.advance(20_000);
    const renewed = await receiver.renewMessageLock(message);
    clock.advance(20_000);
    await receiver.completeMessage(message);

    expect(renewed.getTime() - first).toBe(20_000);
    expect(bus.counters().queues['renewing']).toMatchObject({ lockLost: 0, completed: 1 });
  });

  it('deletes on delivery in receive-and-delete mode', async () => {
    const receiver = bus.client.createReceiver('destructive', { receiveMode: 'receiveAndDelete' });
    await bus.client.createSender('destructive').sendMessages([{ body: 1 }, { body: 2 }]);

    const messages: ServiceBusReceivedMessage[] = [];
    while (messages.length < 2) messages.push(...(await receiver.receiveMessages(2, soon)));

    expect(messages.map((message): unknown => message.body)).toEqual([1, 2]);
    expect(messages[0]?.lockToken).toBeFalsy();
    expect(bus.counters().queues['destructive']).toMatchObject({ completed: 2, active: 0, locked: 0 });
  });

  it('brings every field of a message through unchanged', async () => {
    const receiver = bus.client.createReceiver('types');
    const sent = {
      body: Buffer.from([0, 1, 2, 255]),
      messageId: 'id',
      contentType: 'application/octet-stream',
      correlationId: 'corr',
      subject: 'subj',
      to: 'to',
      replyTo: 'rt',
      replyToSessionId: 'rts',
      partitionKey: 'pk',
      timeToLive: 60_000,
      applicationProperties: {
        text: 'ü',
        int: 42,
        negative: -7,
        double: 1.5,
        big: 2 ** 40,
        yes: true,
        when: new Date(1_700_000_000_000),
        none: null,
      },
    };

    await bus.client.createSender('types').sendMessages(sent);
    const message = await take(receiver);
    await receiver.completeMessage(message);

    // The client shows timestamps among the application properties as numbers.
    const applicationProperties = { ...sent.applicationProperties, when: 1_700_000_000_000 };
    expect(message).toMatchObject({ ...sent, applicationProperties, body: expect.anything() });
    expect(Buffer.compare(message.body as Buffer, sent.body)).toBe(0);
  });

  it('gives a message without an id one', async () => {
    const receiver = bus.client.createReceiver('types');
    await bus.client.createSender('types').sendMessages({ body: 'no id', subject: 's' });

    const message = await take(receiver);
    await receiver.completeMessage(message);

    expect(message.messageId).toMatch(/^[0-9a-f]{32}$/);
    expect(message).toMatchObject({ body: 'no id', subject: 's' });
  });

  it('streams to a subscriber: completed when the handler returns, abandoned when it throws', async () => {
    const receiver = bus.client.createReceiver('stream');
    const seen: string[] = [];
    const subscription = receiver.subscribe(
      {
        processMessage: async (message) => {
          seen.push(`${String(message.body)}:${message.deliveryCount}`);
          if (message.body === 'bad' && message.deliveryCount === 0) throw new Error('handler');
        },
        processError: async () => undefined,
      },
      // One at a time: the client merges neighbouring outcomes of one tick into the first of them.
      { maxConcurrentCalls: 1 },
    );

    await bus.client.createSender('stream').sendMessages([{ body: 'good' }, { body: 'bad' }]);
    await until(() => bus.counters().queues['stream']?.completed === 2, 'both are completed');
    await subscription.close();
    await receiver.close();

    expect(seen.sort()).toEqual(['bad:0', 'bad:1', 'good:0']);
  });

  it('serves 32 concurrent calls over more messages than any window holds', async () => {
    // More than the 2,048 deliveries that the client's session holds.
    const total = 2_500;
    const receiver = bus.client.createReceiver('many');
    const sender = bus.client.createSender('many');
    const bodies = Array.from({ length: total }, (_, index) => index);
    for (let start = 0; start < total; start += 500) {
      await sender.sendMessages(bodies.slice(start, start + 500).map((body) => ({ body })));
    }

    const seen = new Set<unknown>();
    const subscription = receiver.subscribe(
      { processMessage: async (message) => void seen.add(message.body), processError: async () => undefined },
      { maxConcurrentCalls: 32 },
    );
    await until(() => bus.counters().queues['many']?.completed === total, 'all are completed', 120_000);
    await subscription.close();

    expect(seen.size).toBe(total);
    expect(bus.counters().queues['many']).toMatchObject({ received: total, active: 0, locked: 0 });
  });
});
