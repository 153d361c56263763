import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { connectAdministration } from '../support/administration';
import { soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

let bus: Bus;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  bus = await startBus({ orders: {}, scheduled: {}, received: {}, bystander: {} });
  admin = connectAdministration(bus);
});
afterAll(() => bus.stop());

describe('a queue that is deleted under its clients', () => {
  it('refuses what an attached sender sends, and takes it again once the queue exists again', async () => {
    const sender = bus.client.createSender('orders');
    await sender.sendMessages({ body: 'before' });

    await admin.deleteQueue('orders');
    // A send that crosses the detach on the wire fails by the client's time-out: let the detach arrive first.
    await bus.client.createReceiver('bystander').peekMessages(1);
    await expect(sender.sendMessages({ body: 'lost' })).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    });
    await admin.createQueue('orders');
    await sender.sendMessages({ body: 'after' });
    const received = await bus.client.createReceiver('orders').receiveMessages(2, soon);

    expect(received.map(({ body }): unknown => body)).toEqual(['after']);
    expect(bus.counters().queues['orders']).toMatchObject({ sent: 1, received: 1 });
  });

  it('refuses what is scheduled, and takes it again once the queue exists again', async () => {
    const sender = bus.client.createSender('scheduled');
    const later = new Date(Date.now() + 3_600_000);
    await sender.scheduleMessages({ body: 1 }, later);

    await admin.deleteQueue('scheduled');
    await expect(sender.scheduleMessages({ body: 2 }, later)).rejects.toMatchObject({
      code: 'MessagingEntityNotFound',
    });
    await admin.createQueue('scheduled');
    await sender.scheduleMessages({ body: 3 }, later);

    expect(bus.counters().queues['scheduled']).toMatchObject({ scheduledNow: 1 });
  });

  it('lets a subscriber go on once the queue exists again', async () => {
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const subscription = bus.client.createReceiver('received').subscribe({
      processMessage: async ({ body }) => void seen.push(body),
      processError: async ({ error }) => void errors.push((error as { code?: string }).code),
    });
    await bus.client.createSender('received').sendMessages({ body: 'before' });
    await until(() => seen.length === 1, 'the first message');

    await admin.deleteQueue('received');
    await until(() => errors.length > 0, 'the subscriber is told');
    await admin.createQueue('received');
    await bus.client.createSender('received').sendMessages({ body: 'after' });
    await until(() => seen.length === 2, 'the second message');
    await subscription.close();

    expect(errors).toContain('MessagingEntityNotFound');
    expect(seen).toEqual(['before', 'after']);
  });
});

describe('a queue whose status changes under its clients', () => {
  it('gives nothing more to a receiver that is attached, and goes on when it may', async () => {
    await admin.createQueue('paused');
    const seen: unknown[] = [];
    const errors: unknown[] = [];
    const subscription = bus.client.createReceiver('paused').subscribe({
      processMessage: async ({ body }) => void seen.push(body),
      processError: async ({ error }) => void errors.push((error as { code?: string }).code),
    });
    const sender = bus.client.createSender('paused');
    await sender.sendMessages({ body: 1 });
    await until(() => seen.length === 1, 'the first message');

    await admin.updateQueue({ ...(await admin.getQueue('paused')), status: 'ReceiveDisabled' });
    await sender.sendMessages({ body: 2 });
    await until(() => errors.length > 0, 'the subscriber is told');
    const seenWhilePaused = [...seen];
    await admin.updateQueue({ ...(await admin.getQueue('paused')), status: 'Active' });
    await until(() => seen.length === 2, 'the second message');
    await subscription.close();

    expect(seenWhilePaused).toEqual([1]);
    expect(errors).toContain('MessagingEntityDisabled');
  });
});
