import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Long from 'long';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

const clock = new ManualClock(Date.now());
let bus: Bus;
beforeAll(async () => {
  bus = await startBus(
    {
      later: {},
      annotated: {},
      cancelled: {},
      peeked: {},
      bulky: {},
      sessions: { requiresSession: true },
    },
    { clock },
  );
});
afterAll(() => bus.stop());

const active = (queue: string) => bus.counters().queues[queue]?.active ?? -1;

describe('scheduled messages', () => {
  it('shows a scheduled message when it is due, under a new number', async () => {
    const due = new Date(clock.now() + 60_000);
    const [scheduled] = await bus.client.createSender('later').scheduleMessages({ body: 'x' }, due);
    const before = bus.counters().queues['later'];

    clock.advance(59_999);
    const receiver = bus.client.createReceiver('later');
    const [early] = await receiver.peekMessages(1);
    clock.advance(1);
    await until(() => active('later') === 1, 'the message is due');
    const [message] = await receiver.receiveMessages(1, soon);
    if (message) await receiver.completeMessage(message);

    expect(before).toMatchObject({ sent: 1, scheduled: 1, scheduledNow: 1, active: 0 });
    expect(early?.state).toBe('scheduled');
    expect(message?.enqueuedTimeUtc).toEqual(due);
    expect(message?.enqueuedSequenceNumber).toBe(scheduled?.toNumber());
    expect(message?.sequenceNumber?.toNumber()).toBeGreaterThan(scheduled?.toNumber() ?? Infinity);
  });

  it('schedules a message that is sent with a scheduled time', async () => {
    const scheduledEnqueueTimeUtc = new Date(clock.now() + 60_000);
    await bus.client
      .createSender('annotated')
      .sendMessages([{ body: 'x', scheduledEnqueueTimeUtc }, { body: 'now' }]);

    const before = bus.counters().queues['annotated'];
    clock.advance(60_000);
    await until(() => active('annotated') === 2, 'the message is due');

    expect(before).toMatchObject({ scheduledNow: 1, active: 1 });
  });

  it('cancels by sequence number, all or none', async () => {
    const sender = bus.client.createSender('cancelled');
    const due = new Date(clock.now() + 60_000);
    const numbers = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], due);
    const [first] = numbers;
    if (!first) throw new Error('No sequence number');

    await expect(sender.cancelScheduledMessages([first, Long.fromNumber(999)])).rejects.toMatchObject({
      code: 'MessageNotFound',
    });
    const afterFailure = bus.counters().queues['cancelled']?.scheduledNow;
    await sender.cancelScheduledMessages(numbers);

    expect(afterFailure).toBe(2);
    expect(bus.counters().queues['cancelled']).toMatchObject({ scheduledNow: 0, active: 0, cancelled: 2 });
  });

  it('schedules into a session', async () => {
    const sender = bus.client.createSender('sessions');
    const pending = bus.client.acceptNextSession('sessions');
    await sender.scheduleMessages({ body: 'x', sessionId: 's' }, new Date(clock.now() + 5_000));
    // Less than the client waits for a session.
    clock.advance(5_000);

    const receiver = await pending;
    const [message] = await receiver.receiveMessages(1, soon);
    if (message) await receiver.completeMessage(message);
    await receiver.close();

    expect(message?.body).toBe('x');
  });
});

describe('peek', () => {
  it('shows messages of every state from a sequence number on, and locks none', async () => {
    const sender = bus.client.createSender('peeked');
    const receiver = bus.client.createReceiver('peeked');
    const nothing = await receiver.peekMessages(5);
    await sender.sendMessages([1, 2, 3].map((body) => ({ body })));
    await sender.scheduleMessages({ body: 4 }, new Date(clock.now() + 60_000));
    const [locked] = await receiver.receiveMessages(1, soon);
    if (locked) await receiver.deferMessage(locked);

    const all = await receiver.peekMessages(10, { fromSequenceNumber: Long.ZERO });
    const some = await receiver.peekMessages(1, { fromSequenceNumber: Long.fromNumber(2) });

    expect(nothing).toEqual([]);
    expect(all.map((message): unknown => [message.body, message.state])).toEqual([
      [1, 'deferred'],
      [2, 'active'],
      [3, 'active'],
      [4, 'scheduled'],
    ]);
    expect(all.every((message) => message.lockToken === undefined || message.lockToken === '')).toBe(true);
    expect(some.map((message): unknown => message.body)).toEqual([2]);
    expect(bus.counters().queues['peeked']).toMatchObject({ locked: 0, active: 2 });
  });

  it('gives a page of about a megabyte, and the rest to who asks on', async () => {
    const sender = bus.client.createSender('bulky');
    const body = Buffer.alloc(200_000);
    for (let sent = 0; sent < 8; sent++) await sender.sendMessages({ body, messageId: `m${sent}` });
    const receiver = bus.client.createReceiver('bulky');

    const pages: string[][] = [];
    for (let peeked = -1; peeked !== 0;) {
      const page = await receiver.peekMessages(
        1_000,
        pages.length === 0 ? { fromSequenceNumber: Long.ONE } : {},
      );
      peeked = page.length;
      if (peeked > 0) pages.push(page.map(({ messageId }) => String(messageId)));
    }

    expect(pages).toEqual([
      ['m0', 'm1', 'm2', 'm3', 'm4'],
      ['m5', 'm6', 'm7'],
    ]);
  });
});
