import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { masterKey, readJournal, waitFor } from '../support/host-process';
import { orderOf, startOrderWorld, toMessage } from '../support/order-world';
import type { Order, OrderWorld } from '../support/order-world';

/** What takes longer than a lock or a time-out is sent first, so that its wait passes beside the other tests. */
const slow = { id: 'slow', waitMs: 2_500, waitOnce: true };
const long = Array.from({ length: 4 }, (_, at) => ({ id: `long-${at}`, waitMs: 1_700 }));

let world: OrderWorld;

beforeAll(async () => {
  world = await startOrderWorld();
  await world.send('plain', toMessage(slow));
  await world.send('lanes', ...long.map((order) => toMessage(order, { sessionId: 'long' })));
});
afterAll(() => world?.stop());

describe('a queue function in the local host', () => {
  it("gets the body and metadata with the real host's conversions", async () => {
    await world.send(
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
    await world.whenDone('metadata');

    const [run] = await world.runsOf('metadata');
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
    await world.whenSettled('plain', 'metadata');
  });

  it('is called again with a higher delivery count after it threw', async () => {
    await world.send('plain', toMessage({ id: 'twice', failUntil: 2 }));
    await world.whenDone('twice');

    expect((await world.runsOf('twice')).map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 2]);
  });

  it('loses a message to the dead-letter queue after MaxDeliveryCount', async () => {
    await world.send('plain', toMessage({ id: 'poison', failUntil: 99 }));

    const receiver = world.client.createReceiver('plain', { subQueueType: 'deadLetter' });
    const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    if (dead) await receiver.completeMessage(dead);
    await receiver.close();

    expect(dead).toMatchObject({ messageId: 'message-poison', deadLetterReason: 'MaxDeliveryCountExceeded' });
    expect((await world.runsOf('poison')).map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 2, 3]);
  });

  it('runs at most maxConcurrentCalls at a time, and mixed outcomes stay apart', async () => {
    // Its code runs on for half a second after its time-out, while the host calls the next one already.
    await waitFor('both runs of the slow one to be over', async () => {
      const ends = (await readJournal(world.host)).filter(({ done }) => done === slow.id);
      return ends.length >= 2 || undefined;
    });
    const orders = Array.from({ length: 40 }, (_, at) => ({
      id: `mixed-${at}`,
      waitMs: 20,
      ...(at % 2 === 0 && { failUntil: 2 }),
    }));

    // Its first run outlasts functionTimeout: the host has taken the next message, and the code still runs.
    await waitFor('both runs of the slow order to end', async () => {
      const ends = (await readJournal(world.host)).filter(({ done }) => done === slow.id);
      return ends.length === 2 || undefined;
    });
    await world.send('plain', ...orders.map((order) => toMessage(order)));
    await world.whenDone(...orders.map(({ id }) => id));

    const runs = (await readJournal(world.host)).filter((entry) => orderOf(entry)?.id.startsWith('mixed-'));
    expect(Math.max(...runs.map((run) => run.concurrent ?? 0))).toBe(4);
    expect(runs).toHaveLength(60);
    await world.whenSettled('plain', ...orders.map(({ id }) => id));
  });

  it('is abandoned by functionTimeout', async () => {
    const runs = await waitFor('a second delivery', async () => {
      const all = await world.runsOf('slow');
      return all.length >= 2 ? all : undefined;
    });

    expect(runs.map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 2]);
    await world.whenSettled('plain', 'slow');
  });

  it('runs by hand with the master key', async () => {
    const answer = await fetch(`${world.host.origin}/admin/functions/plain`, {
      method: 'POST',
      headers: { 'x-functions-key': masterKey },
      body: JSON.stringify({ input: JSON.stringify({ v: 1, order: { id: 'by-hand' } }) }),
    });

    expect(answer.status).toBe(202);
    await world.whenDone('by-hand');
  });
});

describe('a session queue function in the local host', () => {
  const inLane = (lane: string, order: Order) => toMessage(order, { sessionId: lane });

  it('keeps the order in a session and one call at a time', async () => {
    const lanes = ['lane-00', 'lane-01', 'lane-02', 'lane-03', 'lane-04', 'lane-05'];
    const orders = lanes.flatMap((lane) =>
      Array.from({ length: 5 }, (_, at) => ({ lane, order: { id: `${lane}-${at}`, waitMs: 5 } })),
    );

    await world.send('lanes', ...orders.map(({ lane, order }) => inLane(lane, order)));
    await world.whenDone(...orders.map(({ order }) => order.id));

    const runs = (await readJournal(world.host)).filter((entry) => orderOf(entry)?.id.startsWith('lane-'));
    expect(Math.max(...runs.map((run) => run.concurrent ?? 0))).toBe(1);
    for (const lane of lanes) {
      const ids = runs.map((run) => orderOf(run)?.id).filter((id) => id?.startsWith(lane));
      expect(ids).toEqual([0, 1, 2, 3, 4].map((at) => `${lane}-${at}`));
    }
  });

  it('delivers again what was abandoned, before what came after it', async () => {
    await world.send(
      'lanes',
      inLane('retry', { id: 'first', failUntil: 2 }),
      inLane('retry', { id: 'second' }),
    );
    await world.whenDone('first', 'second');

    const ids = (await readJournal(world.host))
      .map(orderOf)
      .filter((order) => order && /^(first|second)$/.test(order.id));
    expect(ids.map((order) => order?.id)).toEqual(['first', 'first', 'second']);
  });

  it('dead-letters after MaxDeliveryCount', async () => {
    await world.send('lanes', inLane('poisoned', { id: 'lane-poison', failUntil: 99 }));

    const receiver = world.client.createReceiver('lanes', { subQueueType: 'deadLetter' });
    const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    await receiver.close();

    expect(dead).toMatchObject({ sessionId: 'poisoned', deadLetterReason: 'MaxDeliveryCountExceeded' });
  });

  it('renews the lock of a session that is held longer than the lock lasts', async () => {
    await world.whenDone(...long.map(({ id }) => id));

    const runs = (await readJournal(world.host)).filter((entry) => orderOf(entry)?.id.startsWith('long-'));
    expect(runs.map((run) => run.metadata?.['deliveryCount'])).toEqual([1, 1, 1, 1]);
  });
});
