import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { parseConfig } from '../../src/config';
import { connectAdministration } from '../support/administration';
import { soon, startBus } from '../support/bus';
import type { Bus } from '../support/bus';

let bus: Bus;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  bus = await startBus({
    first: { forwardTo: 'second' },
    second: { forwardTo: 'third' },
    third: {},
    nowhere: {},
    lost: { forwardTo: 'nowhere' },
    failing: { forwardDeadLetteredMessagesTo: 'graveyard', maxDeliveryCount: 1 },
    graveyard: {},
    loop: { forwardTo: 'loop' },
    ordered: { requiresSession: true },
    unordered: { forwardTo: 'ordered' },
  });
  admin = connectAdministration(bus);
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

describe('forwarding', () => {
  it('moves messages along, and refuses receivers on the way', async () => {
    await bus.client.createSender('first').sendMessages({ body: 'x' });

    const message = await receiveOne('third');

    expect(message?.body).toBe('x');
    expect([counters('first'), counters('second')]).toMatchObject([
      { sent: 1, forwarded: 1, active: 0 },
      { forwarded: 1, active: 0 },
    ]);
    await expect(
      bus.client.createReceiver('first').receiveMessages(1, { maxWaitTimeInMs: 100 }),
    ).rejects.toThrow(/forwards its messages/);
  });

  it('dead-letters what cannot be forwarded, or goes round in circles', async () => {
    await admin.deleteQueue('nowhere');
    await bus.client.createSender('lost').sendMessages({ body: 'x' });
    await bus.client.createSender('loop').sendMessages({ body: 'x' });
    await bus.client.createSender('unordered').sendMessages({ body: 'x' });

    // The reasons are in Microsoft's list (service-bus-dead-letter-queues), but for the first.
    expect(await receiveOne('lost', 'deadLetter')).toMatchObject({
      deadLetterReason: 'ForwardingFailed',
      deadLetterErrorDescription: 'The transfer destination entity does not exist.',
    });
    expect((await receiveOne('loop', 'deadLetter'))?.deadLetterReason).toBe('MaxTransferHopCountExceeded');
    expect((await receiveOne('unordered', 'deadLetter'))?.deadLetterReason).toBe('Session ID is null.');
    expect(counters('loop')).toMatchObject({ active: 0 });
  });

  it('goes on when the destination is made again', async () => {
    await admin.createQueue('nowhere');
    await bus.client.createSender('lost').sendMessages({ body: 'found' });

    expect((await receiveOne('nowhere'))?.body).toBe('found');
  });

  it('forwards dead letters', async () => {
    await bus.client.createSender('failing').sendMessages({ body: 'x' });
    const receiver = bus.client.createReceiver('failing');
    const [message] = await receiver.receiveMessages(1, soon);
    if (message) await receiver.abandonMessage(message);

    const dead = await receiveOne('graveyard');

    expect(dead).toMatchObject({ deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterSource: 'failing' });
    expect(counters('failing')).toMatchObject({ deadLetterNow: 0, forwarded: 1 });
  });
});

describe('what no namespace can hold', () => {
  it.each(['forwardTo', 'forwardDeadLetteredMessagesTo'])('%s a queue that does not exist', async (way) => {
    await expect(admin.createQueue('source', { [way]: 'missing' })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('The auto forwarding destination entity does not exist'),
    });
    await expect(startBus({ source: { [way]: 'missing' } })).rejects.toMatchObject({
      code: 'service-bus/missing-target',
    });
    expect(await admin.queueExists('source')).toBe(false);
  });

  const config = (...queues: readonly object[]) => ({
    UserConfig: { Namespaces: [{ Name: 'n', Queues: queues }] },
  });

  it('a queue with sessions that forwards', async () => {
    const options = { requiresSession: true, forwardTo: 'third' };
    await expect(admin.createQueue('source', options)).rejects.toMatchObject({ statusCode: 400 });
    expect(() =>
      parseConfig(
        config({ Name: 'a' }, { Name: 'b', Properties: { RequiresSession: true, ForwardTo: 'a' } }),
      ),
    ).toThrow('The queue "b" has sessions and forwards its messages');
  });

  it('two queues whose names differ only in case', async () => {
    await expect(admin.createQueue('FIRST')).rejects.toMatchObject({ statusCode: 409 });
    expect(() => parseConfig(config({ Name: 'Orders' }, { Name: 'orders' }))).toThrow(
      'The queues "Orders" and "orders" have one name',
    );
  });
});
