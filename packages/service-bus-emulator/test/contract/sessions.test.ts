import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import { clientOptions, soon, startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

const clock = new ManualClock(Date.now());
let bus: Bus;
/** Its time is moved by the tests. */
let timed: Bus;
beforeAll(async () => {
  const session = { requiresSession: true };
  bus = await startBus({
    byId: session,
    next: session,
    waiting: session,
    held: session,
    state: session,
    closing: session,
    ordered: session,
    deferred: session,
    lanes: session,
  });
  const lockDurationMs = 30_000;
  timed = await startBus(
    {
      empty: session,
      losing: { ...session, lockDurationMs },
      renewing: { ...session, lockDurationMs },
    },
    { clock },
  );
});
afterAll(() => Promise.all([bus.stop(), timed.stop()]));

async function bodies(receiver: ServiceBusSessionReceiver, count: number): Promise<unknown[]> {
  const messages = await receiver.receiveMessages(count, soon);
  for (const message of messages) await receiver.completeMessage(message);
  return messages.map((message): unknown => message.body);
}

describe('sessions', () => {
  it('accepts a session by id, and delivers only its messages', async () => {
    await bus.client.createSender('byId').sendMessages([
      { body: 1, sessionId: 'a' },
      { body: 2, sessionId: 'b' },
      { body: 3, sessionId: 'a' },
    ]);

    const receiver = await bus.client.acceptSession('byId', 'a');
    const received = await bodies(receiver, 2);
    await receiver.close();

    expect(receiver.sessionId).toBe('a');
    expect(receiver.sessionLockedUntilUtc.getTime()).toBeGreaterThan(Date.now() + 30_000);
    expect(received).toEqual([1, 3]);
  });

  it('accepts the next session with messages, each once', async () => {
    await bus.client.createSender('next').sendMessages([
      { body: 1, sessionId: 'x' },
      { body: 2, sessionId: 'y' },
    ]);

    const first = await bus.client.acceptNextSession('next');
    const second = await bus.client.acceptNextSession('next');
    const ids = [first.sessionId, second.sessionId];
    await Promise.all([first.close(), second.close()]);

    expect(ids).toEqual(['x', 'y']);
  });

  it('waits for a session that is not there yet', async () => {
    const pending = bus.client.acceptNextSession('waiting');
    const sender = bus.client.createSender('waiting');
    await sender.sendMessages({ body: 'late', sessionId: 'l' });

    const receiver = await pending;
    const received = await bodies(receiver, 1);
    await receiver.close();

    expect(received).toEqual(['late']);
  });

  it('ends the wait for a session with ServiceTimeout', async () => {
    const client = timed.connect({ retryOptions: { ...clientOptions.retryOptions, maxRetries: 0 } });
    let code: unknown;
    const waiting = client.acceptNextSession('empty').catch((error: { code?: unknown }) => {
      code = error.code;
    });

    // The wait begins some time after the call; once it has, the next step of the clock ends it.
    await until(() => {
      clock.advance(20_000);
      return code !== undefined;
    }, 'the wait is over');
    await waiting;

    expect(code).toBe('ServiceTimeout');
  });

  it('lets one receiver at a time hold a session', async () => {
    const holder = await bus.client.acceptSession('held', 's');
    const other = bus.connect({ retryOptions: { ...clientOptions.retryOptions, maxRetries: 0 } });

    await expect(other.acceptSession('held', 's')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
    await holder.close();
    const next = await other.acceptSession('held', 's');
    await next.close();

    expect(next.sessionId).toBe('s');
  });

  it('keeps the state of a session', async () => {
    const receiver = await bus.client.acceptSession('state', 's');
    const before: unknown = await receiver.getSessionState();
    await receiver.setSessionState({ step: 2 });
    await receiver.close();

    const again = await bus.client.acceptSession('state', 's');
    const after: unknown = await again.getSessionState();
    await again.setSessionState(null);
    const cleared: unknown = await again.getSessionState();
    await again.close();

    expect([before, after, cleared]).toEqual([null, { step: 2 }, null]);
  });

  it('takes an expired session away: settling fails, and its messages come again, counted', async () => {
    await timed.client.createSender('losing').sendMessages({ body: 'x', sessionId: 's' });
    const receiver = await timed.client.acceptSession('losing', 's', { maxAutoLockRenewalDurationInMs: 0 });
    const [message] = await receiver.receiveMessages(1, soon);
    if (!message) throw new Error('No message came');

    clock.advance(30_000);
    await until(() => timed.counters().queues['losing']?.lockLost === 1, 'the session lock expires');
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
    const again = await timed.client.acceptNextSession('losing');
    const [second] = await again.receiveMessages(1, soon);
    if (second) await again.completeMessage(second);
    await again.close();

    expect(second).toMatchObject({ body: 'x', deliveryCount: 1 });
  });

  it('prolongs a session that is renewed, and the locks of its messages', async () => {
    await timed.client.createSender('renewing').sendMessages({ body: 'x', sessionId: 's' });
    const receiver = await timed.client.acceptSession('renewing', 's', { maxAutoLockRenewalDurationInMs: 0 });
    const [message] = await receiver.receiveMessages(1, soon);
    const first = receiver.sessionLockedUntilUtc.getTime();

    clock.advance(20_000);
    const renewed = await receiver.renewSessionLock();
    clock.advance(20_000);
    if (message) await receiver.completeMessage(message);
    await receiver.close();

    expect(renewed.getTime() - first).toBe(20_000);
    expect(timed.counters().queues['renewing']).toMatchObject({ completed: 1, lockLost: 0 });
  });

  it('returns what a closed receiver held at once, uncounted', async () => {
    await bus.client.createSender('closing').sendMessages({ body: 'x', sessionId: 's' });
    const first = await bus.client.acceptSession('closing', 's');
    const [held] = await first.receiveMessages(1, soon);
    await first.close();

    const second = await bus.client.acceptNextSession('closing');
    const [again] = await second.receiveMessages(1, soon);
    await second.close();

    expect(held?.deliveryCount).toBe(0);
    expect(again?.deliveryCount).toBe(0);
    expect(again?.sequenceNumber?.toNumber()).toBe(held?.sequenceNumber?.toNumber());
  });

  it('keeps the order of a session through abandoning', async () => {
    await bus.client
      .createSender('ordered')
      .sendMessages([1, 2, 3].map((body) => ({ body, sessionId: 's' })));
    const receiver = await bus.client.acceptSession('ordered', 's');

    const [first] = await receiver.receiveMessages(1, soon);
    if (first) await receiver.abandonMessage(first);
    const received = await bodies(receiver, 3);
    await receiver.close();

    expect(received).toEqual([1, 2, 3]);
  });

  it('gives deferred messages only under the lock of their session', async () => {
    await bus.client.createSender('deferred').sendMessages({ body: 'd', sessionId: 's' });
    const receiver = await bus.client.acceptSession('deferred', 's');
    const [message] = await receiver.receiveMessages(1, soon);
    if (!message?.sequenceNumber) throw new Error('No message came');
    await receiver.deferMessage(message);

    const other = await bus.client.acceptSession('deferred', 'other');
    await expect(other.receiveDeferredMessages(message.sequenceNumber)).rejects.toMatchObject({
      code: 'MessageNotFound',
    });
    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
    if (deferred) await receiver.completeMessage(deferred);
    await Promise.all([receiver.close(), other.close()]);

    expect(deferred?.body).toBe('d');
    expect(bus.counters().queues['deferred']).toMatchObject({ completed: 1, deferredNow: 0 });
  });

  it('refuses a receiver without a session, and a message without one', async () => {
    const receiver = bus.client.createReceiver('byId');

    await expect(receiver.receiveMessages(1, soon)).rejects.toThrow(/requires sessions/);
    await expect(bus.client.createSender('byId').sendMessages({ body: 1 })).rejects.toThrow(
      /requires sessions/,
    );
    await receiver.close();
  });

  it('moves 32 lanes through 32 receivers that come and go', async () => {
    const lanes = 32;
    const perLane = 20;
    const client = bus.connect();
    const seen = new Map<string, number[]>();
    // Ended by the last message, never by a time-out: on a busy machine a receiver may wait long for its lane.
    const done = new AbortController();
    let left = lanes * perLane;
    const work = async () => {
      while (left > 0) {
        const receiver = await client
          .acceptNextSession('lanes', { abortSignal: done.signal })
          .catch((error: { readonly code?: string }) => {
            // No lane came free in time: on a busy machine the others take long with theirs.
            if (done.signal.aborted || error.code === 'ServiceTimeout') return undefined;
            throw error;
          });
        if (!receiver) continue;
        for (;;) {
          const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 100 });
          if (!message) break;
          seen.get(receiver.sessionId)?.push(message.body as number);
          await receiver.completeMessage(message);
          if (--left === 0) done.abort();
        }
        await receiver.close();
      }
    };

    const messages = Array.from({ length: lanes * perLane }, (_, index) => ({
      body: Math.floor(index / lanes),
      sessionId: `lane-${index % lanes}`,
    }));
    for (let lane = 0; lane < lanes; lane++) seen.set(`lane-${lane}`, []);
    await bus.client.createSender('lanes').sendMessages(messages);
    await Promise.all(Array.from({ length: lanes }, work));

    expect(bus.counters().queues['lanes']).toMatchObject({ completed: lanes * perLane, active: 0 });
    const expected = Array.from({ length: perLane }, (_, index) => index);
    for (const order of seen.values()) expect(order).toEqual(expected);
  });
});
