import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import rhea from 'rhea';
import { soon, startBus } from '../support/bus';
import type { Bus } from '../support/bus';
import { askManagement } from '../support/management-request';

const seed = 20_240_607;
let bus: Bus;
beforeAll(async () => {
  bus = await startBus({ target: {}, bystander: {} }, { idleTimeoutMs: 60_000 });
});
afterAll(() => bus.stop());

/** What a broker answers to these bytes, until it hangs up or has said nothing for a moment. */
function say(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    const answers: Buffer[] = [];
    const socket = createConnection(bus.port, '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk: Buffer) => answers.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(answers)));
  });
}

/** The bystander's connection was opened before, and must not notice anything. */
async function expectBystanderServed(): Promise<void> {
  const sender = bus.client.createSender('bystander');
  const receiver = bus.client.createReceiver('bystander', { receiveMode: 'receiveAndDelete' });
  await sender.sendMessages({ body: 'still here' });
  const [message] = await receiver.receiveMessages(1, soon);
  await Promise.all([sender.close(), receiver.close()]);
  expect(message?.body).toBe('still here');
}

const header = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');

/** Everything a client says to open, attach, send and detach, frame by frame, taken from a real one. */
async function recordConversation(): Promise<Buffer> {
  const said: Buffer[] = [];
  const container = rhea.create_container();
  const connection = container.connect({
    port: bus.port,
    host: '127.0.0.1',
    reconnect: false,
    connection_details: () => ({
      port: bus.port,
      host: '127.0.0.1',
      connect: (port: number, host: string, _options: unknown, onConnected: () => void) => {
        const socket = createConnection(port, host, onConnected);
        const write = socket.write.bind(socket);
        socket.write = (chunk: Buffer) => {
          said.push(Buffer.from(chunk));
          return write(chunk);
        };
        return socket;
      },
    }),
  });
  const receiver = connection.open_receiver({ source: 'target', autoaccept: true });
  const sender = connection.open_sender('target');
  await new Promise<void>((resolve) => sender.once('sendable', () => resolve()));
  sender.send({ body: 'x', message_id: 'y', application_properties: { a: 1 } });
  await new Promise<void>((resolve) => receiver.once('message', () => resolve()));
  connection.close();
  await new Promise<void>((resolve) => connection.once('connection_close', () => resolve()));
  return Buffer.concat(said);
}

describe('hostile bytes', () => {
  it('random bytes, with and without a protocol header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, withHeader) => {
        await say(withHeader ? Buffer.concat([header, bytes]) : bytes);
      }),
      { seed, numRuns: 150 },
    );
    await expectBystanderServed();
  });

  it('cut and mutated conversations of a real client', async () => {
    const conversation = await recordConversation();

    await fc.assert(
      fc.asyncProperty(
        fc.nat(conversation.length),
        fc.array(fc.tuple(fc.nat(conversation.length - 1), fc.integer({ min: 0, max: 255 })), {
          maxLength: 4,
        }),
        async (length, changes) => {
          const bytes = Buffer.from(conversation);
          for (const [at, value] of changes) bytes[at] = value;
          await say(bytes.subarray(0, changes.length === 0 ? length : bytes.length));
        },
      ),
      { seed, numRuns: 300 },
    );
    await expectBystanderServed();
  });

  it.each([
    [
      'a frame larger than announced',
      Buffer.from([0x00, 0x10, 0x00, 0x00, 2, 0, 0, 0]),
      'amqp:connection:framing-error',
    ],
    ['a frame smaller than its head', Buffer.from([0, 0, 0, 4, 2, 0, 0, 0]), 'amqp:connection:framing-error'],
    ['an unknown type code', Buffer.from([0, 0, 0, 9, 2, 0, 0, 0, 0x99]), 'amqp:decode-error'],
    [
      'an array that claims four thousand million empty elements',
      Buffer.from([0, 0, 0, 18, 2, 0, 0, 0, 0xf0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x40]),
      'amqp:decode-error',
    ],
    [
      'a frame on a channel without a session',
      Buffer.from([0, 0, 0, 12, 2, 0, 0, 7, 0, 0x53, 0x13, 0x45]),
      'amqp:connection:framing-error',
    ],
  ])('%s is answered with its condition', async (_what, frame, condition) => {
    const open = Buffer.from([
      0, 0, 0, 20, 2, 0, 0, 0, 0, 0x53, 0x10, 0xc0, 7, 1, 0xa1, 4, 0x66, 0x75, 0x7a, 0x7a,
    ]);

    const answer = await say(Buffer.concat([header, open, frame]));

    expect(answer.toString('latin1')).toContain(condition);
    await expectBystanderServed();
  });

  it('TLS on the plain port, and HTTP', async () => {
    const failed = await new Promise<boolean>((resolve) => {
      const socket = connectTls({ port: bus.port, host: '127.0.0.1', rejectUnauthorized: false });
      socket.on('error', () => resolve(true));
      socket.on('secureConnect', () => resolve(false));
    });
    const answer = await say(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));

    expect(failed).toBe(true);
    expect(answer.subarray(0, 8)).toEqual(Buffer.from('AMQP\x03\x01\x00\x00', 'latin1'));
    await expectBystanderServed();
  });
});

describe('wrong requests', () => {
  it.each([
    ['an operation that does not exist', 'com.microsoft:dance', {}, 'amqp:not-implemented'],
    ['no map', 'com.microsoft:renew-lock', 'text', 'com.microsoft:argument-error'],
    [
      'a text for an array',
      'com.microsoft:renew-lock',
      { 'lock-tokens': 'x' },
      'com.microsoft:argument-error',
    ],
    ['texts for uuids', 'com.microsoft:renew-lock', { 'lock-tokens': ['x'] }, 'com.microsoft:argument-error'],
    [
      'a text for a number',
      'com.microsoft:peek-message',
      { 'from-sequence-number': 'x', 'message-count': 1 },
      'com.microsoft:argument-error',
    ],
    [
      'a negative count',
      'com.microsoft:peek-message',
      { 'from-sequence-number': 1, 'message-count': -1 },
      'com.microsoft:argument-error',
    ],
    [
      'bytes that are no message',
      'com.microsoft:schedule-message',
      { messages: [{ message: Buffer.from([1, 2]) }] },
      'amqp:decode-error',
    ],
    [
      'an unknown disposition',
      'com.microsoft:update-disposition',
      { 'lock-tokens': [], 'disposition-status': 'eaten' },
      'com.microsoft:argument-error',
    ],
    [
      'sessions of a queue without',
      'com.microsoft:renew-session-lock',
      { 'session-id': 's' },
      'amqp:not-allowed',
    ],
    [
      'a lock that does not exist',
      'com.microsoft:renew-lock',
      { 'lock-tokens': rhea.types.wrap_array([Buffer.alloc(16)], 0x98, undefined) },
      'com.microsoft:message-lock-lost',
    ],
  ])('%s', async (_what, operation, body, condition) => {
    const answer = await askManagement(bus.port, 'target', operation, body);

    expect(answer.condition).toBe(condition);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});
