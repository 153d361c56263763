import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

let bus: Bus;
let connection: rhea.Connection;
beforeAll(async () => {
  bus = await startBus({ lanes: { requiresSession: true } });
  const container = rhea.create_container();
  connection = container.connect({ port: bus.port, host: '127.0.0.1', reconnect: false });
});
afterAll(async () => {
  connection.close();
  await bus.stop();
});

/** As .NET with prefetch: credit leaves right behind the attach, and is not said again. */
function acceptNextWithCredit(credit: number): rhea.Receiver {
  const receiver = connection.open_receiver({
    source: { address: 'lanes', filter: { 'com.microsoft:session-filter': null } },
    credit_window: 0,
    autoaccept: true,
  });
  receiver.add_credit(credit);
  return receiver;
}

describe('credit that comes before the session', () => {
  it('holds once the session is there (AMQP 1.0 part 2, section 2.6.7)', async () => {
    const seen: unknown[] = [];
    const receiver = acceptNextWithCredit(2);
    receiver.on('message', ({ message }: rhea.EventContext) => seen.push(message?.message_id));
    const messages = ['a', 'b', 'c'].map((messageId) => ({ body: 1, messageId, sessionId: 's' }));

    await bus.client.createSender('lanes').sendMessages(messages);
    await until(() => seen.length === 2, 'what the credit allows');

    expect(seen).toEqual(['a', 'b']);
    expect(bus.counters().queues['lanes']).toMatchObject({ received: 2 });
    receiver.close();
  });
});
