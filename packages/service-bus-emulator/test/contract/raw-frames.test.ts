import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import rhea from 'rhea';
import { FrameReader } from '../../src/amqp/frame-reader';
import { FrameWriter, amqpHeader } from '../../src/amqp/frame-writer';
import { codes, readFrameBody } from '../../src/amqp/performatives';
import { AmqpReader } from '../../src/amqp/reader';
import { boolean, nothing, string, uint } from '../../src/amqp/value';
import { startBus, until } from '../support/bus';
import type { Bus } from '../support/bus';

let bus: Bus;
beforeAll(async () => {
  bus = await startBus({ plain: {}, lanes: { requiresSession: true }, early: { requiresSession: true } });
});
afterAll(() => bus.stop());

function connect(): rhea.Connection {
  return rhea.create_container().connect({ port: bus.port, host: '127.0.0.1', reconnect: false });
}

/** Says all of it at once, and gives the codes of the frames that came back until the broker hung up. */
async function converse(write: (writer: FrameWriter) => void): Promise<number[]> {
  const writer = new FrameWriter();
  writer.raw(amqpHeader);
  writer.frame(0, codes.open, [string('client')]);
  write(writer);
  writer.frame(0, codes.close, []);
  const answered: Buffer[] = [];
  await new Promise<void>((resolve) => {
    const socket = createConnection(bus.port, '127.0.0.1', () => socket.write(writer.take()));
    socket.on('data', (chunk: Buffer) => answered.push(chunk));
    socket.on('close', () => resolve());
  });
  const reader = new FrameReader(65_536);
  reader.push(Buffer.concat(answered));
  reader.takeHeader();
  const said: number[] = [];
  for (let frame = reader.takeFrame(); frame; frame = reader.takeFrame()) {
    said.push(readFrameBody(new AmqpReader(frame.body)).code);
  }
  return said;
}

const begin = [nothing, uint(0), uint(100), uint(100)];
/** A flow of the session that asks for one in return. */
const askForFlow = [
  ...[uint(0), uint(100), uint(0), uint(100)],
  ...[nothing, nothing, nothing, nothing, nothing],
  boolean(true),
];

describe('frames that come late', () => {
  it('end and detach on a channel that has ended are ignored, and the connection goes on', async () => {
    const said = await converse((writer) => {
      writer.frame(0, codes.begin, begin);
      writer.frame(0, codes.end, []);
      writer.frame(0, codes.end, []);
      writer.frame(0, codes.detach, [uint(0), boolean(true)]);
      writer.frame(0, codes.begin, begin);
    });

    expect(said).toEqual([codes.open, codes.begin, codes.end, codes.begin, codes.close]);
  });

  it('so is a detach of a link that is gone, and its session goes on', async () => {
    const said = await converse((writer) => {
      writer.frame(0, codes.begin, begin);
      writer.frame(0, codes.detach, [uint(3), boolean(true)]);
      writer.frame(0, codes.flow, askForFlow);
    });

    expect(said).toEqual([codes.open, codes.begin, codes.flow, codes.close]);
  });
});

describe('a filter that the service does not know', () => {
  async function refusal(queue: string, filter: object) {
    const connection = connect();
    const receiver = connection.open_receiver({ source: { address: queue, filter } });
    await new Promise<void>((resolve) => receiver.once('receiver_error', () => resolve()));
    const error = receiver.error as { condition?: string; description?: string } | undefined;
    connection.close();
    return error;
  }

  it.each([
    ['plain', { f1: 'x' }],
    ['lanes', { 'com.microsoft:session-filter': 's', f1: 1 }],
  ])('is refused as the service does (%s)', async (queue, filter) => {
    expect(await refusal(queue, filter)).toMatchObject({
      condition: 'amqp:not-allowed',
      description: expect.stringMatching(/contains invalid filter type.* associated with key 'f1'/),
    });
  });

  it('and a selector is not passed over in silence', async () => {
    const filter = { 'apache.org:selector-filter:string': "color = 'red'" };

    expect(await refusal('plain', filter)).toMatchObject({ condition: 'amqp:not-implemented' });
  });
});

/** As .NET with prefetch: credit leaves right behind the attach, and is not said again. */
function acceptNextWithCredit(connection: rhea.Connection, credit: number): rhea.Receiver {
  const receiver = connection.open_receiver({
    source: { address: 'early', filter: { 'com.microsoft:session-filter': null } },
    credit_window: 0,
    autoaccept: true,
  });
  receiver.add_credit(credit);
  return receiver;
}

describe('credit that comes before the session', () => {
  it('holds once the session is there (AMQP 1.0 part 2, section 2.6.7)', async () => {
    const seen: unknown[] = [];
    const connection = connect();
    const receiver = acceptNextWithCredit(connection, 2);
    receiver.on('message', ({ message }: rhea.EventContext) => seen.push(message?.message_id));
    const messages = ['a', 'b', 'c'].map((messageId) => ({ body: 1, messageId, sessionId: 's' }));

    await bus.client.createSender('early').sendMessages(messages);
    await until(() => seen.length === 2, 'what the credit allows');

    expect(seen).toEqual(['a', 'b']);
    expect(bus.counters().queues['early']).toMatchObject({ received: 2 });
    connection.close();
  });
});
