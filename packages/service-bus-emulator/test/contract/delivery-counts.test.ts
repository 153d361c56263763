import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type Long from 'long';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { soon, startBus } from '../support/bus';
import type { Bus } from '../support/bus';

/*
 * What Microsoft's own live tests expect: deferredMessage.spec.ts and batchReceiver.spec.ts of
 * https://github.com/Azure/azure-sdk-for-js/tree/main/sdk/servicebus/service-bus/test
 */
const clock = new ManualClock(Date.now());
let bus: Bus;
beforeAll(async () => {
  bus = await startBus(
    {
      abandoned: {},
      deferred: {},
      dead: {},
      expired: { deadLetteringOnMessageExpiration: true },
      letters: { lockDurationMs: 30_000 },
      reasons: {},
    },
    { clock },
  );
});
afterAll(() => bus.stop());

async function take(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, soon);
  if (!message) throw new Error('No message came');
  return message;
}

async function receiveDeferred(receiver: ServiceBusReceiver, number: Long | undefined) {
  const [message] = number ? await receiver.receiveDeferredMessages(number) : [];
  if (!message) throw new Error('No deferred message came');
  return message;
}

/** A message of a queue that was deferred once and received again, and how to receive it once more. */
async function deferOnce(queue: string) {
  const receiver = bus.client.createReceiver(queue);
  await bus.client.createSender(queue).sendMessages({ body: queue });
  const message = await take(receiver);
  await receiver.deferMessage(message);
  const again = () => receiveDeferred(receiver, message.sequenceNumber);
  return { receiver, deferred: await again(), again };
}

type DeadLetterArguments = Parameters<ServiceBusReceiver['deadLetterMessage']>[1];

const deadLettersOf = (queue: string) =>
  bus.client.createReceiver(queue, { subQueueType: 'deadLetter', maxAutoLockRenewalDurationInMs: 0 });

/** The one dead letter of a queue, received, and its receiver. */
async function deadLetterOnce(queue: string, options?: DeadLetterArguments) {
  const receiver = bus.client.createReceiver(queue);
  await bus.client.createSender(queue).sendMessages({ body: queue });
  await receiver.deadLetterMessage(await take(receiver), options);
  const deadLetters = deadLettersOf(queue);
  return { deadLetters, dead: await take(deadLetters) };
}

describe('the delivery count of a deferred message', () => {
  it('rises when it is deferred, and when it is abandoned', async () => {
    const { receiver, deferred, again } = await deferOnce('abandoned');
    await receiver.abandonMessage(deferred);
    const second = await again();
    await receiver.completeMessage(second);

    expect([deferred.deliveryCount, second.deliveryCount]).toEqual([1, 2]);
  });

  it('rises when it is deferred again', async () => {
    const { receiver, deferred, again } = await deferOnce('deferred');
    await receiver.deferMessage(deferred);
    const second = await again();
    await receiver.completeMessage(second);

    expect([deferred.deliveryCount, second.deliveryCount]).toEqual([1, 2]);
  });

  it('stays when it is dead-lettered', async () => {
    const { receiver, deferred } = await deferOnce('dead');
    await receiver.deadLetterMessage(deferred);
    const deadLetters = deadLettersOf('dead');
    const dead = await take(deadLetters);
    await deadLetters.completeMessage(dead);

    expect([deferred.deliveryCount, dead.deliveryCount]).toEqual([1, 1]);
  });
});

describe('time to live', () => {
  it('neither purges nor moves a deferred message', async () => {
    const receiver = bus.client.createReceiver('expired');
    await bus.client.createSender('expired').sendMessages({ body: 'x', timeToLive: 10_000 });
    const message = await take(receiver);
    await receiver.deferMessage(message);

    clock.advance(60_000);
    const deferred = await receiveDeferred(receiver, message.sequenceNumber);
    await receiver.completeMessage(deferred);

    expect(deferred.body).toBe('x');
    expect(bus.counters().queues['expired']).toMatchObject({ completed: 1, expired: 0, deadLettered: 0 });
  });
});

describe('a dead letter', () => {
  it('cannot be dead-lettered, and is not counted: neither abandoned, nor deferred, nor lost', async () => {
    const { deadLetters, dead } = await deadLetterOnce('letters');

    await expect(deadLetters.deadLetterMessage(dead)).rejects.toMatchObject({
      code: 'GeneralError',
    });
    // The client counts the refused outcome as settled: the lock has to run out.
    clock.advance(30_000);
    const lost = await take(deadLetters);
    await deadLetters.abandonMessage(lost);
    const abandoned = await take(deadLetters);
    await deadLetters.deferMessage(abandoned);
    const deferred = await receiveDeferred(deadLetters, abandoned.sequenceNumber);
    await deadLetters.completeMessage(deferred);

    expect([dead, lost, abandoned, deferred].map(({ deliveryCount }) => deliveryCount)).toEqual([0, 0, 0, 0]);
  });

  it('keeps a reason that is not a text as the property it came as', async () => {
    const { dead } = await deadLetterOnce('reasons', {
      deadLetterReason: 42,
      by: 'test',
    } as unknown as DeadLetterArguments);

    expect(dead.applicationProperties).toMatchObject({ DeadLetterReason: 42, by: 'test' });
  });
});
