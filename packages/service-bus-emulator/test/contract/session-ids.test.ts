import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { soon, startBus } from '../support/bus';
import type { Bus } from '../support/bus';
import { askManagement } from '../support/management-request';

let bus: Bus;
beforeAll(async () => {
  const sessions = { requiresSession: true };
  bus = await startBus({ cases: sessions, deferred: sessions, listed: sessions, states: sessions });
});
afterAll(() => bus.stop());

/*
 * "Service Bus sessionid is not case sensitive": https://github.com/Azure/azure-sdk-for-java/pull/48759, by the service's
 * own people.
 */
describe('session ids that differ in case only', () => {
  it('are one session, and each client gets the spelling that it asked for', async () => {
    const sender = bus.client.createSender('cases');
    await sender.sendMessages({ body: 1, sessionId: 'Lane-A' });
    await sender.sendMessages({ body: 2, sessionId: 'lane-a' });

    const held = await bus.client.acceptSession('cases', 'LANE-A');
    await expect(bus.connect().acceptSession('cases', 'lane-A')).rejects.toMatchObject({
      code: 'SessionCannotBeLocked',
    });
    const peeked = await held.peekMessages(5);
    const received = [...(await held.receiveMessages(1, soon)), ...(await held.receiveMessages(1, soon))];
    for (const message of received) await held.completeMessage(message);
    await held.setSessionState('s');
    const state: unknown = await held.getSessionState();
    await held.close();

    expect(held.sessionId).toBe('LANE-A');
    expect(peeked).toHaveLength(2);
    expect(received.map(({ body, sessionId }) => [body as unknown, sessionId])).toEqual([
      [1, 'Lane-A'],
      [2, 'lane-a'],
    ]);
    expect(state).toBe('s');
    const next = await bus.client.acceptSession('cases', 'lane-a');
    expect(await next.getSessionState()).toBe('s');
    await next.close();
  });

  it('reach the deferred messages of one another', async () => {
    await bus.client.createSender('deferred').sendMessages({ body: 1, sessionId: 'Lane' });
    const first = await bus.client.acceptSession('deferred', 'Lane');
    const [message] = await first.receiveMessages(1, soon);
    if (!message?.sequenceNumber) throw new Error('No message came');
    await first.deferMessage(message);
    await first.close();

    const second = await bus.client.acceptSession('deferred', 'lane');
    const deferred = await second.receiveDeferredMessages(message.sequenceNumber);
    await second.close();

    expect(deferred.map(({ body }): unknown => body)).toEqual([1]);
  });
});

describe('the list of sessions', () => {
  /** As the newer clients ask (listMessageSessions): a time in the year 9999 for all. */
  const list = async (since: Date) => {
    const reply = await askManagement(bus.port, 'listed', 'com.microsoft:get-message-sessions', {
      'last-updated-time': since,
      skip: 0,
      top: 100,
    });
    return reply.body?.['sessions-ids'] ?? [];
  };

  it('names those with active messages or a state, and by time those whose state was set', async () => {
    const endOfTime = new Date(253_402_300_799_999);
    expect(await list(endOfTime)).toEqual([]);
    const sender = bus.client.createSender('listed');
    await sender.sendMessages({ body: 1, sessionId: 'with-message' });
    await sender.scheduleMessages({ body: 1, sessionId: 'later' }, new Date(Date.now() + 3_600_000));
    const before = new Date(Date.now() - 1_000);
    const session = await bus.client.acceptSession('listed', 'with-state');
    await session.setSessionState('s');
    await session.close();

    expect(await list(endOfTime)).toEqual(['with-message', 'with-state']);
    expect(await list(before)).toEqual(['with-state']);
    expect(await list(new Date(Date.now() + 3_600_000))).toEqual([]);
  });
});

describe('the state of a session', () => {
  it('is as large as a message may be, and no larger', async () => {
    const session = await bus.client.acceptSession('states', 's');
    await session.setSessionState(Buffer.alloc(262_144, 1));

    await expect(session.setSessionState(Buffer.alloc(262_145, 2))).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
    });
    const kept = (await session.getSessionState()) as Buffer;
    await session.close();

    expect([kept.length, kept[0]]).toEqual([262_144, 1]);
  });
});
