import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

const clock = new ManualClock(Date.now());
let bus: Bus;
beforeAll(async () => {
  bus = await startBus(
    {
      dropping: { defaultTimeToLiveMs: 30_000 },
      burying: { deadLetteringOnMessageExpiration: true },
      locked: { lockDurationMs: 60_000 },
      unique: { requiresDuplicateDetection: true, duplicateDetectionWindowMs: 60_000 },
      small: { maxMessageSizeBytes: 2_048 },
      full: { maxSizeInMegabytes: 1, maxMessageSizeBytes: 700_000 },
      off: { status: 'Disabled' },
    },
    { clock },
  );
});
afterAll(() => bus.stop());

const counters = (queue: string) => bus.counters().queues[queue];
const receiveOne = async (queue: string, subQueueType?: 'deadLetter') => {
  const receiver = bus.client.createReceiver(queue, {
    receiveMode: 'receiveAndDelete',
    ...(subQueueType ? { subQueueType } : {}),
  });
  const [message] = await receiver.receiveMessages(1, soon);
  await receiver.close();
  return message;
};

describe('time to live', () => {
  it("drops a message when the queue's time to live is over", async () => {
    await bus.client.createSender('dropping').sendMessages({ body: 'x', timeToLive: 60_000 });

    clock.advance(29_999);
    await bus.client.createReceiver('dropping').peekMessages(1);
    const before = counters('dropping')?.active;
    clock.advance(1);
    await until(() => counters('dropping')?.expired === 1, 'the message expires');

    expect(before).toBe(1);

    expect(counters('dropping')).toMatchObject({ active: 0, deadLetterNow: 0 });
  });

  it("dead-letters it where the queue says so, by the message's own time to live", async () => {
    await bus.client.createSender('burying').sendMessages({ body: 'x', timeToLive: 20_000 });

    clock.advance(20_000);
    await until(() => counters('burying')?.deadLetterNow === 1, 'the message expires');
    const dead = await receiveOne('burying', 'deadLetter');

    expect(dead).toMatchObject({
      body: 'x',
      deadLetterReason: 'TTLExpiredException',
      deadLetterSource: 'burying',
    });
  });

  it('spares a locked message until its lock is over', async () => {
    await bus.client.createSender('locked').sendMessages([
      { body: 'done', timeToLive: 20_000 },
      { body: 'lost', timeToLive: 20_000 },
    ]);
    const receiver = bus.client.createReceiver('locked', { maxAutoLockRenewalDurationInMs: 0 });
    const [done] = await receiver.receiveMessages(2, soon);

    clock.advance(40_000);
    if (done) await receiver.completeMessage(done);
    clock.advance(20_000);
    await until(() => counters('locked')?.expired === 1, 'the other one expires with its lock');

    expect(counters('locked')).toMatchObject({ completed: 1, expired: 1, lockLost: 1, active: 0 });
  });
});

describe('duplicate detection', () => {
  it('accepts and drops a message id seen within the window, and takes it after', async () => {
    const sender = bus.client.createSender('unique');
    await sender.sendMessages({ body: 1, messageId: 'same' });
    clock.advance(59_000);
    await sender.sendMessages([
      { body: 2, messageId: 'same' },
      { body: 3, messageId: 'other' },
    ]);
    const within = { ...counters('unique') };

    clock.advance(1_001);
    await sender.sendMessages({ body: 4, messageId: 'same' });

    expect(within).toMatchObject({ sent: 2, duplicates: 1, active: 2 });
    expect(counters('unique')).toMatchObject({ sent: 3, duplicates: 1, active: 3 });
  });
});

describe('limits', () => {
  it('announces the largest message, and refuses a larger one', async () => {
    const sender = bus.client.createSender('small');
    const batch = await sender.createMessageBatch();

    expect(batch.maxSizeInBytes).toBe(2_048);
    expect(batch.tryAddMessage({ body: 'x'.repeat(3_000) })).toBe(false);
    await expect(sender.sendMessages({ body: 'x'.repeat(3_000) })).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
    });
    await sender.sendMessages({ body: 'fits' });
    expect(counters('small')).toMatchObject({ sent: 1 });
  });

  it('refuses what would overfill a queue', async () => {
    const sender = bus.client.createSender('full');
    await sender.sendMessages({ body: Buffer.alloc(600_000) });

    await expect(sender.sendMessages({ body: Buffer.alloc(600_000) })).rejects.toMatchObject({
      code: 'QuotaExceeded',
    });
    expect((await receiveOne('full'))?.body).toHaveLength(600_000);
  });

  it('refuses a queue that is disabled, and one that does not exist', async () => {
    await expect(bus.client.createSender('off').sendMessages({ body: 1 })).rejects.toMatchObject({
      code: 'MessagingEntityDisabled',
    });
    await expect(bus.client.createSender('missing').sendMessages({ body: 1 })).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    });
    await expect(
      bus.client.createReceiver('missing').receiveMessages(1, { maxWaitTimeInMs: 100 }),
    ).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    await expect(bus.client.createReceiver('missing').peekMessages(1)).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
      message: expect.stringMatching(
        /^The messaging entity 'sb:\/\/sbemulatorns\.servicebus\.windows\.net\/missing(\/\$management)?' could not be found\. To know more visit https:\/\/aka\.ms\/sbResourceMgrExceptions\./,
      ),
    });
  });
});
